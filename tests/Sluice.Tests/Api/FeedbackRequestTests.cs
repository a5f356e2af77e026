using System.Text;
using Sluice.Api;

namespace Sluice.Tests.Api;

public sealed class FeedbackRequestTests
{
    [Fact]
    public void TakesAScoreWithOrWithoutAComment()
    {
        Assert.Equal(new FeedbackRequest("abc", 0.5, null), Parse("""{"invocation_id":"abc","score":0.5}""").Request);
        Assert.Equal(new FeedbackRequest("abc", 1, "Good."), Parse("""{"score":1,"comment":"Good.","invocation_id":"abc"}""").Request);
        Assert.Equal(new FeedbackRequest("abc", 0, null), Parse("""{"score":0,"comment":null,"invocation_id":"abc"}""").Request);
    }

    [Theory]
    [InlineData("", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"invocation_id\":\"a\"}", "score is missing")]
    [InlineData("{\"score\":1}", "invocation_id is missing")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":1.01}", "from 0, useless, to 1")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":-0.1}", "from 0, useless, to 1")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":1e999}", "from 0, useless, to 1")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":\"1\"}", "from 0, useless, to 1")]
    [InlineData("{\"invocation_id\":7,\"score\":1}", "x-sluice-invocation-id")]
    [InlineData("{\"invocation_id\":\"\",\"score\":1}", "x-sluice-invocation-id")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":1,\"comment\":[]}", "comment must be a text")]
    [InlineData("{\"invocation_id\":\"a\",\"score\":1,\"stars\":5}", "'stars'")]
    [InlineData("{\"invocation_id\":\"\\ud800\",\"score\":1}", "no JSON object")]
    public void SaysWhatIsWrong(string body, string part)
    {
        var (request, mistake) = Parse(body);

        Assert.Null(request);
        Assert.Contains(part, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeRepeatsNothingOfTheComment()
    {
        var (request, mistake) = Parse($$"""{"invocation_id":"a","score":1,"comment":"{{string.Concat(Enumerable.Repeat("secret", 400))}}"}""");

        Assert.Null(request);
        Assert.DoesNotContain("secret", mistake, StringComparison.Ordinal);
    }

    private static (FeedbackRequest? Request, string Mistake) Parse(string body) => (FeedbackRequest.Parse(Encoding.UTF8.GetBytes(body), out var mistake), mistake);
}
