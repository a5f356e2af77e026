using Microsoft.Extensions.Logging;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>
/// Reads the baseline's answer of a sample and says whether it and the served one are good. Each is judged by itself, so
/// there is no order of the two to favour one. All that the sample cost is a negative saving of the lever that it watches.
/// </summary>
internal sealed partial class CompareStage(QualitySample sample, QualityBook book, ILogger logger) : IStage
{
    public string Name => "compare";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var (verdict, judged) = ("not compared", Money.Zero);
        try
        {
            var reply = await next(invocation, cancellationToken);
            if (!reply.IsSuccess)
                return reply;
            var body = new ReplyBuffer(expectedBytes: 0);
            var reading = await body.FillAsync(invocation, reply);
            var question = new RequestTraits(invocation).UserTexts;
            var baseline = AnswerReader.Read(invocation.Request, question, reply, body.Written.Span);
            var treated = AnswerReader.Read(invocation.Request, question, sample.Served, sample.ServedBody.Span);
            if (reading is not null && baseline is not null && treated is not null)
            {
                if (sample.Verifier.Judge is not null)
                {
                    // The answer's own attempt is settled before another one is made.
                    await invocation.Recording!.SettleAttemptAsync(reading);
                }
                var treatedGood = sample.Verifier.HasToAgree && !TextAnswer.AreSame(treated.Text, baseline.Text) ? false : await IsGoodAsync(treated);
                var baselineGood = treatedGood is null ? null : await IsGoodAsync(baseline);
                if (treatedGood is { } with && baselineGood is { } without)
                {
                    verdict = (with, without) switch { (true, false) => "better", (false, true) => "worse", _ => "tie" };
                    foreach (var scope in sample.Scopes)
                        book.Add(scope, sample.Margin, with, without);
                }
            }
            return body.ToReply(reply.Status, reply.Headers);
        }
        finally
        {
            if (verdict == "not compared")
            {
                foreach (var scope in sample.Scopes)
                    book.NotCompared(scope, sample.Margin);
            }
            // Without the lever nobody would have asked again: the call's own baseline is nothing.
            invocation.Effects.Add(new LeverEffect(
                sample.Scopes[0].Lever, $"{Decision.QualitySample}{sample.InvocationId}: {verdict}", IsShadow: false, shape => shape with { Usage = Usage.None }, judged));
        }

        async ValueTask<bool?> IsGoodAsync(CheckedAnswer answer)
        {
            if (sample.Verifier.Checks.FirstObjection(answer, (fault, check) => Log.CheckFailed(logger, fault, check, sample.InvocationId)) is not null)
                return false;
            if (sample.Verifier.Judge is not { } judge)
                return true;
            if (Judge.SpeaksToJudge(answer.Text))
                return false;
            var said = await Judge.AskAsync(invocation, judge, answer, next, cancellationToken);
            judged += said.Cost;
            return said.Points is { } points ? points >= sample.Verifier.JudgePoints : null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(62, LogLevel.Error, "The check {Check} failed on a quality sample of invocation {InvocationId}, whose answer counts as passed")]
        public static partial void CheckFailed(ILogger logger, Exception exception, string check, string invocationId);
    }
}
