using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Tests.Routers;

public sealed class RouterTrainingTests
{
    [Fact]
    public void TheSameOutcomesGiveTheSameBytes()
    {
        var table = Table(200);
        Assert.Equal(File(table), File(table));
        Assert.NotEqual(File(table), File(Table(201)));
    }

    [Fact]
    public void ALoadedRouterScoresAsItWasTrained()
    {
        var model = RouterModel.Load(new MemoryStream(File(Table(200))));
        Assert.Equal(("large", "small"), (model.Strong, model.Weak));
        var hard = model.Score("Prove that the theorem about 7 holds"u8, "proofs");
        var easy = model.Score("Say a nice word about 7"u8, "words");
        Assert.True(hard.Gain > easy.Gain + 0.3, $"{hard} {easy}");
        Assert.True(hard.IsKnown);
        Assert.False(model.Score("Безымянный текст"u8, null).IsKnown);
    }

    [Fact]
    public void TooFewLinesAreRefusedInWords() =>
        Assert.Contains("needs 100", Assert.Throws<OutcomeException>(() => RouterTraining.Train(Table(40), new EvaluationOptions())).Message, StringComparison.Ordinal);

    private static byte[] File(OutcomeTable table)
    {
        using var stream = new MemoryStream();
        RouterModelFile.Write(stream, RouterTraining.Train(table, new EvaluationOptions()));
        return stream.ToArray();
    }

    private static OutcomeTable Table(int count) => RoutingOutcomes.Read(Enumerable.Range(0, count).Select(i => (object)new
    {
        id = $"{i}",
        prompt = i % 2 == 0 ? $"Prove that the theorem about {i} holds" : $"Say a nice word about {i}",
        task = i % 2 == 0 ? "proofs" : "words",
        outcomes = new Dictionary<string, object> { ["large"] = new { score = i % 10 == 0 ? 0 : 1 }, ["small"] = new { score = i % 2 == 0 && i % 7 != 0 ? 0.25 : 0.9 } },
    }));
}
