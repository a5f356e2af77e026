using System.Text;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

public sealed class StoredStateTests
{
    [Theory]
    [InlineData("""{"model":"m","previous_response_id":"resp_1"}""", true)]
    [InlineData("""{"model":"m","\u0070revious_response_id":"resp_1"}""", true)]
    [InlineData("""{"model":"m","conversation":{"id":"conv_1"}}""", true)]
    [InlineData("""{"model":"m","background":true}""", true)]
    [InlineData("""{"model":"m","background":false,"previous_response_id":null,"conversation":null}""", false)]
    [InlineData("""{"model":"m","metadata":{"previous_response_id":"resp_1"},"input":[{"background":true}]}""", false)]
    [InlineData("""{"model":"m","input":"hello","store":true}""", false)]
    [InlineData("nonsense", false)]
    [InlineData("", false)]
    public void AResponseThatGoesOnFromAStoredOneAsksForIt(string body, bool isAsked) =>
        Assert.Equal(isAsked, StoredState.IsAsked(Operation.Responses, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void JobsFilesBatchesAndStoredResponsesDoByTheirOperation()
    {
        Operation[] stateful = [Operation.StartAsyncInvoke, Operation.GetAsyncInvoke, Operation.ListAsyncInvokes, Operation.StoredResponses, Operation.Files, Operation.CreateBatch, Operation.Batches];
        Assert.Equal(stateful, Enum.GetValues<Operation>().Where(o => StoredState.IsAsked(o, default)));
    }
}
