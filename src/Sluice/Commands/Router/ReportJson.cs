using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;

namespace Sluice.Commands.Router;

/// <summary>Evaluations as JSON with stable snake_case names. Shares and scores are from 0 to 1; what is not known is null.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, whose fields <paramref name="write"/> adds.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    public static void Write(Utf8JsonWriter json, RouterReport report)
    {
        json.WriteNumber("lines", report.Lines);
        json.WriteNumber("skipped_lines", report.SkippedLines);
        json.WriteNumber("folds", report.Folds);
        json.WriteNumber("seed", report.Seed);
        json.WriteString("data_sha256", report.DataDigest);
        Endpoint(json, "strong", report.Strong);
        Endpoint(json, "weak", report.Weak);
        Number(json, "oracle_score", report.Oracle);
        Number(json, "strong_better_share", report.StrongBetter);
        Policies(json, report.Policies);
        List(json, "shares", report.Shares, share =>
        {
            Number(json, "asked", share.Asked);
            Number(json, "delivered", share.Delivered);
            Number(json, "score", share.Score);
        });
        List(json, "floors", report.Floors, floor =>
        {
            Number(json, "gap", floor.Gap);
            Number(json, "floor", floor.Floor);
            Number(json, "strong_share", floor.Share);
            Number(json, "score", floor.Score);
        });
        Number(json, "calibration_error", report.CalibrationError);
        Number(json, "unknown_share", report.UnknownShare);
        List(json, "tasks", report.Tasks, task =>
        {
            json.WriteString("task", task.Task);
            json.WriteNumber("lines", task.Lines);
            Number(json, "strong_score", task.StrongScore);
            Number(json, "weak_score", task.WeakScore);
            Number(json, "strong_share_at_half", task.StrongShare);
        });
        Choices(json, report.Frontier);
    }

    public static void Policies(Utf8JsonWriter json, IReadOnlyList<RankedPolicy> policies) => List(json, "policies", policies, policy =>
    {
        json.WriteString("policy", policy.Name);
        Interval(json, "apgr", policy.Apgr);
        Interval(json, "cpt50", policy.Cpt50);
        Interval(json, "cpt80", policy.Cpt80);
    });

    /// <summary>The frontier, what is dominated, the knee and the verdict; null where there is no frontier.</summary>
    public static void Choices(Utf8JsonWriter json, Frontier? frontier)
    {
        if (frontier is null)
        {
            json.WriteNull("frontier");
            return;
        }
        List(json, "frontier", frontier.Points, Choice);
        List(json, "dominated", frontier.Dominated, dominated =>
        {
            Choice(dominated.Point);
            json.WriteString("by", dominated.By.Name);
        });
        json.WriteString("knee", frontier.Knee.Name);
        json.WriteString("knee_kind", Kind(frontier.Knee.Kind));
        json.WriteString("verdict", frontier.Verdict());

        void Choice(CostQuality choice)
        {
            json.WriteString("choice", choice.Name);
            json.WriteString("kind", Kind(choice.Kind));
            Number(json, "cost_usd", choice.CostUsd, decimals: 12);
            Number(json, "score", choice.Score);
        }
    }

    public static string Kind(ChoiceKind kind) => kind switch
    {
        ChoiceKind.SingleModel => "model",
        ChoiceKind.Router => "router",
        _ => "cascade",
    };

    public static void Endpoint(Utf8JsonWriter json, string name, ModelEndpoint endpoint)
    {
        json.WriteStartObject(name);
        json.WriteString("model", endpoint.Model);
        Number(json, "score", endpoint.Score);
        Number(json, "cost_usd", endpoint.CostUsd, decimals: 12);
        json.WriteEndObject();
    }

    public static void Number(Utf8JsonWriter json, string name, double? value, int decimals = 6)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, Math.Round(number, decimals));
        else
            json.WriteNull(name);
    }

    public static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Interval(Utf8JsonWriter json, string name, Interval interval)
    {
        json.WriteStartObject(name);
        Number(json, "value", interval.Value);
        Number(json, "low", interval.Low);
        Number(json, "high", interval.High);
        json.WriteEndObject();
    }
}
