using System.Globalization;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>StartAsyncInvoke, GetAsyncInvoke and ListAsyncInvokes. Nothing is written to S3; the seconds of a video are billed when it is ordered.</summary>
internal sealed class AsyncJobs(SimulatorOptions options, TimeProvider time)
{
    // A video takes about a minute and a half; what is asked of the newest jobs only is kept.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(90);
    private const int MaxKept = 1_000;

    // Nova Reel films in shots of six seconds, for two minutes at most.
    private const int ShortestReel = 6;
    private const int LongestReel = 120;

    private readonly Lock _gate = new();
    private readonly List<Job> _jobs = [];

    public void Start(Call call, JsonElement body, ModelCatalogue catalogue, Utf8JsonWriter json)
    {
        var identifier = body.Text("modelId"u8) ?? throw Missing("modelId");
        call.ModelIdentifier = identifier;
        call.Target = catalogue.Resolve(identifier, 0);
        if (call.Target.Model.Dialect != Sluice.Core.Invocations.Dialect.Unknown)
            throw Refusal.Validation("The model that you provided doesn't support asynchronous invocation.");
        var input = body.Field("modelInput"u8) ?? throw Missing("modelInput");
        var output = body.Field("outputDataConfig"u8)?.Field("s3OutputDataConfig"u8)?.Text("s3Uri"u8) ?? throw Missing("outputDataConfig.s3OutputDataConfig.s3Uri");
        var seconds = VideoSeconds(call, input);
        var job = new Job(
            $"arn:aws:bedrock:{call.Caller.Region}:{call.Caller.AccountId}:async-invoke/{call.Dice.NextId(12).ToLowerInvariant()}",
            $"arn:aws:bedrock:{call.Caller.Region}::foundation-model/{call.Target.Model.Id}",
            call.Time, output, body.Text("clientRequestToken"u8), input.GetRawText());
        lock (_gate)
        {
            var same = job.Token is null ? null : _jobs.Find(known => known.Token == job.Token);
            if (same is not null && (same.Input != job.Input || same.ModelArn != job.ModelArn))
                throw new Refusal("ConflictException", "The client request token was used before with different parameters.");
            job = same ?? job;
            if (same is null)
            {
                _jobs.Add(job);
                if (seconds > 0)
                    call.Bill(new Usage { Units = [new UnitCount(UsageKind.OutputVideoSecond, seconds)] });
            }
            if (_jobs.Count > MaxKept)
                _jobs.RemoveAt(0);
        }
        json.WriteStartObject();
        json.WriteString("invocationArn"u8, job.Arn);
        json.WriteEndObject();
    }

    public void Get(string arn, Utf8JsonWriter json)
    {
        Job? job;
        lock (_gate)
            job = _jobs.Find(known => known.Arn == arn || known.Arn.EndsWith("/" + arn, StringComparison.Ordinal));
        // GetAsyncInvoke's model has no ResourceNotFoundException.
        Write(json, job ?? throw Refusal.Validation($"There is no invocation {arn}."));
    }

    public void List(string? status, string? maxResults, Utf8JsonWriter json)
    {
        var most = int.TryParse(maxResults, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 100;
        json.WriteStartObject();
        json.WriteStartArray("asyncInvokeSummaries"u8);
        lock (_gate)
        {
            foreach (var job in Enumerable.Reverse(_jobs).Where(job => status is null || StatusOf(job) == status).Take(most))
                Write(json, job);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Clear()
    {
        lock (_gate)
            _jobs.Clear();
    }

    /// <summary>Nova Reel says in a number how long a video gets, Luma Ray in a text such as <c>5s</c>, and its price goes by the resolution.</summary>
    /// <returns>0 for a model that makes no videos.</returns>
    private static int VideoSeconds(Call call, JsonElement input)
    {
        var model = call.Target!.Model.Id;
        if (model.StartsWith("amazon.nova-reel", StringComparison.Ordinal))
        {
            var seconds = input.Field("videoGenerationConfig"u8)?.Int("durationSeconds"u8) ?? ShortestReel;
            return seconds is >= ShortestReel and <= LongestReel && seconds % ShortestReel == 0
                ? seconds
                : throw Refusal.Validation($"The value at modelInput.videoGenerationConfig.durationSeconds has to be a multiple of {ShortestReel} from {ShortestReel} to {LongestReel}.");
        }
        if (!model.StartsWith("luma.ray", StringComparison.Ordinal))
            return 0;
        var resolution = input.Text("resolution"u8) ?? "720p";
        if (resolution is not ("540p" or "720p"))
            throw Refusal.Validation("The value at modelInput.resolution has to be 540p or 720p.");
        call.PriceVariant = "/" + resolution;
        return input.Text("duration"u8) switch
        {
            null or "5s" => 5,
            "9s" => 9,
            _ => throw Refusal.Validation("The value at modelInput.duration has to be 5s or 9s."),
        };
    }

    private string StatusOf(Job job) => time.GetUtcNow() >= EndOf(job) ? "Completed" : "InProgress";

    private DateTimeOffset EndOf(Job job) => job.Submitted + (Duration * options.Speed);

    private void Write(Utf8JsonWriter json, Job job)
    {
        var status = StatusOf(job);
        json.WriteStartObject();
        json.WriteString("invocationArn"u8, job.Arn);
        json.WriteString("modelArn"u8, job.ModelArn);
        if (job.Token is not null)
            json.WriteString("clientRequestToken"u8, job.Token);
        json.WriteString("status"u8, status);
        json.WriteString("submitTime"u8, IsoTime.Of(job.Submitted));
        json.WriteString("lastModifiedTime"u8, IsoTime.Of(status == "Completed" ? EndOf(job) : job.Submitted));
        if (status == "Completed")
            json.WriteString("endTime"u8, IsoTime.Of(EndOf(job)));
        json.WriteStartObject("outputDataConfig"u8);
        json.WriteStartObject("s3OutputDataConfig"u8);
        json.WriteString("s3Uri"u8, job.Output);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Refusal Missing(string member) =>
        Refusal.Validation($"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null");

    private sealed record Job(string Arn, string ModelArn, DateTimeOffset Submitted, string Output, string? Token, string Input);
}
