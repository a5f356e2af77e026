using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Gcp;

/// <summary>
/// Google's billing export, a line of JSON for each row of the BigQuery table. Google appends rows and restates none, so each is taken once,
/// whichever files have it; what is paid is the cost with its credits.
/// </summary>
internal sealed class GcpExport : IJsonSource
{
    private static readonly string[] IdentityFields = ["billing_account_id", "service", "sku", "project", "labels", "location", "resource", "tags", "currency", "cost_type", "invoice", "transaction_type", "seller_name"];

    private static readonly Regex ModelWords =
        LinearRegex.Of(@"\b(?:gemini|gemma|claude|llama|mistral|imagen|veo|palm|tokens?|generative)\b", ignoreCase: true);

    /// <summary>From the first word that no longer belongs to the model's name.</summary>
    private static readonly Regex Tail = LinearRegex.Of(
        @"(?:\s|-|\()+(?:text|input|output|image|audio|video|cach\w*|long|batch|global|priority|flex|predictions?|tokens?|ga)\b.*$",
        ignoreCase: true);

    public BillSource Source => BillSource.Gcp;

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (!record.TryTime("usage_start_time", out var from) || !record.TryTime("usage_end_time", out var to))
        {
            rows.SetAside(record.NoTime("time such as 2026-11-20 10:00:00 UTC", "usage_start_time", "usage_end_time"));
            return;
        }
        if (!record.TryAmount("cost", out var cost) || cost is null || !record.TryAmount("cost_at_list", out var atList) || !record.Field("usage").TryAmount("amount", out var quantity))
        {
            rows.SetAside($"cost '{record.Text("cost")}', cost_at_list or usage.amount is no number");
            return;
        }
        if (NoMonth(record.Field("invoice").Text("month")) is { } noMonth)
        {
            rows.SetAside(noMonth);
            return;
        }
        var net = cost.Value;
        foreach (var credit in record.Items("credits"))
        {
            if (!credit.TryAmount("amount", out var amount))
            {
                rows.SetAside($"credit '{credit.Text("name")}' has an amount that is no number");
                return;
            }
            net += amount ?? 0;
        }
        rows.Identity.Add("source", "gcp").Add("unit", record.Field("usage").Text("unit"));
        foreach (var field in IdentityFields)
            rows.Identity.Add(field, record.Text(field));
        rows.Add(rows.Identity.Take(), new CostAmounts(from, to, quantity, net, net, cost, atList), () => Describe(path => Text(record, path), record.Pairs("labels")),
            new RecordKey(RowIdentity.Of(JsonMarshal.GetRawUtf8Value(record)), MayRepeat: true));
    }

    private static string Text(JsonElement record, string path) =>
        path.Split('.') is [var group, var name] ? record.Field(group).Text(name) : record.Text(path);

    /// <param name="field">Gives a field of the record by its path, such as <c>sku.description</c>.</param>
    /// <summary>Why six digits are no month of an invoice; null for those that are, and for any other text, which names none.</summary>
    public static string? NoMonth(string month) =>
        month.Length == 6 && month.All(char.IsAsciiDigit)
        && !(DateTimeOffset.TryParseExact(month, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var begin) && FieldText.IsPlausible(begin))
            ? $"invoice.month '{month}' is no month such as 202611"
            : null;

    /// <param name="labels">The row's labels.</param>
    public static CostFacet Describe(Func<string, string> field, IEnumerable<KeyValuePair<string, string>> labels)
    {
        var (service, sku, unit, month) = (field("service.description"), field("sku.description"), field("usage.unit"), field("invoice.month"));
        var facet = new CostFacet
        {
            Source = BillSource.Gcp,
            Provider = "Google Cloud",
            Service = service,
            Account = field("billing_account_id"),
            BillingAccount = field("billing_account_id"),
            BillingMonth = month.Length == 6 && month.All(char.IsAsciiDigit) ? $"{month[..4]}-{month[4..]}" : "",
            Project = field("project.id"),
            Region = FieldText.First(field("location.region"), field("location.location")),
            Tags = JsonTags.Write(labels.DistinctBy(p => p.Key, StringComparer.Ordinal)),
            UsageType = sku,
            ChargeCategory = field("cost_type") switch
            {
                "" or "regular" => "Usage",
                "tax" => "Tax",
                "adjustment" => "Adjustment",
                var other => other,
            },
            Currency = field("currency").ToUpperInvariant(),
            Unit = unit.Length > 0 ? unit : "units",
        };
        return IsModels(service, sku) ? Understand(facet, sku) : facet;
    }

    public static bool IsModels(string service, string sku) =>
        service.Contains("Gemini", StringComparison.OrdinalIgnoreCase) || service.Contains("Generative Language", StringComparison.OrdinalIgnoreCase)
        || (service.Contains("Vertex AI", StringComparison.OrdinalIgnoreCase) && ModelWords.IsMatch(sku));

    /// <summary>Only the SKU's words tell the model and the kind, and their spellings are an open set: what isn't understood is labelled.</summary>
    public static CostFacet Understand(CostFacet facet, string sku)
    {
        if (facet.ChargeCategory != "Usage")
            return facet with { IsGenerativeAi = true };
        bool Says(string words) => sku.Contains(words, StringComparison.OrdinalIgnoreCase);
        var isText = !Says("image") && !Says("audio") && !Says("video") && !Says("character");
        UsageKind? kind = !isText ? null
            : Says("cach") && (Says("storage") || Says("hour")) ? null
            : Says("cach") ? UsageKind.CacheRead
            : Says("output") ? UsageKind.Output
            : Says("input") ? UsageKind.Input
            : null;
        var model = Tail.Replace(sku, "").Trim(' ', '-');
        var isCount = facet.Unit.ToLowerInvariant() is "count" or "tokens" or "token";
        return ModelNames.Of(
            facet with
            {
                IsGenerativeAi = true,
                Developer = Says("claude") ? "Anthropic" : Says("gemini") || Says("gemma") || Says("imagen") || Says("veo") ? "Google" : "",
                Kind = isCount ? kind : null,
                Unit = isCount && kind is not null ? "tokens" : facet.Unit,
                Tier = kind is null ? "" : Says("priority") ? ServiceTier.Priority.Name() : Says("flex") ? ServiceTier.Flex.Name() : ServiceTier.Default.Name(),
                Scope = kind is null ? "" : Says("global") ? "global" : "regional",
                IsBatch = Says("batch"),
                IsLongContext = Says("long"),
                Unknown = isCount && kind is not null ? "" : "kind",
            },
            model);
    }
}
