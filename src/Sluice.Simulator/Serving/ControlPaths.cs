using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answering;
using Sluice.Simulator.Billing;
using Sluice.Simulator.Logs;

namespace Sluice.Simulator.Serving;

/// <summary>What AWS doesn't have: the bill, the log and a fresh start, for whoever runs the simulator.</summary>
internal static class ControlPaths
{
    // Longer than anything but a reply that stalls.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task HandleAsync(Simulation world, HttpContext http, string path)
    {
        await world.InFlight.WhenIdleAsync(http.RequestAborted).WaitAsync(Patience, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        switch (http.Request.Method, path.Split('?')[0])
        {
            case ("GET", "bill") when http.Request.Query["format"] == "json":
                await SendAsync(http, "application/json", BillJson(world.Bill));
                break;
            case ("GET", "bill"):
                using (var csv = new StringWriter())
                {
                    CurFile.Write(csv, world.Bill, world.Options.AccountId);
                    await SendAsync(http, "text/csv; charset=utf-8", Encoding.UTF8.GetBytes(csv.ToString()));
                }
                break;
            case ("GET", "log"):
                var lines = string.Concat(world.Log.Last.Select(request => request.ToJson() + "\n"));
                await SendAsync(http, "application/jsonl; charset=utf-8", Encoding.UTF8.GetBytes(lines));
                break;
            case ("POST", "reset"):
                world.Reset();
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                ErrorReplies.Write(http.Response, default, new Refusal("UnknownOperationException",
                    "The simulator has GET /_simulator/bill, GET /_simulator/bill?format=json, GET /_simulator/log and POST /_simulator/reset."), "");
                break;
        }
    }

    private static byte[] BillJson(SimulatorBill bill)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ReplyJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("total_usd"u8, bill.TotalUsd);
            json.WriteNumber("calls"u8, bill.Calls);
            json.WriteNumber("unpriced_calls"u8, bill.UnpricedCalls);
            json.WriteStartArray("lines"u8);
            foreach (var row in bill.Rows())
            {
                json.WriteStartObject();
                json.WriteString("hour"u8, IsoTime.Of(row.Hour));
                json.WriteString("usage_type"u8, row.UsageType);
                json.WriteString("service_name"u8, row.ServiceName);
                json.WriteString("model"u8, row.Model);
                json.WriteString("region"u8, row.Region);
                json.WriteNumber("amount"u8, row.Amount);
                json.WriteString("pricing_unit"u8, row.PricingUnit);
                if (row.CostUsd is { } cost)
                    json.WriteNumber("cost_usd"u8, cost);
                else
                    json.WriteNull("cost_usd"u8);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static async Task SendAsync(HttpContext http, string contentType, byte[] body)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
    }
}
