using System.Text;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Fuzzing;

/// <summary>A small valid bill of each kind that can be imported.</summary>
/// <param name="Name">Of the file; its ending tells what is in it.</param>
internal sealed record BillSample(string Name, byte[] Content)
{
    public bool IsTable => Name.EndsWith(".csv", StringComparison.Ordinal);

    public bool IsJson => Name.EndsWith(".json", StringComparison.Ordinal);

    public string Text => Encoding.UTF8.GetString(Content);

    public static async Task<BillSample[]> AllAsync()
    {
        var cur = CurRow.Random(6, seed: 7);
        return [.. Texts().Select(t => new BillSample(t.Name, Encoding.UTF8.GetBytes(t.Text))), new BillSample("cur-random.csv", Encoding.UTF8.GetBytes(CurRow.Csv(cur))), new BillSample("cur.parquet", await CurRow.ParquetAsync(cur))];
    }

    private static IEnumerable<(string Name, string Text)> Texts()
    {
        yield return ("cur.csv", StoreFolder.CurHeader + "\n"
            + StoreFolder.Charge("USE1-NovaLite-input-tokens", "1000", "0.0625", tags: "{\"user_team\":\"search\"}")
            + StoreFolder.Charge("USE1-MP:USE1_OutputTokenCount-Units", "2.5", "37.5", product: "Claude Sonnet 4.5 (Amazon Bedrock Edition)")
            + StoreFolder.Charge("USE1-NovaLite-input-tokens", "0", "-1.75", type: "Credit")
            + StoreFolder.Charge("Lambda-GB-Second", "600", "2.25", product: "AWS Lambda"));
        yield return ("focus.csv", """
            BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,ProviderName,ServiceName,ServiceCategory,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit,SkuMeter,RegionId,Tags
            0.06,0.05,0.07,0.06,USD,2026-11-01T00:00:00Z,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,Usage,Nova Lite input,AWS,Amazon Bedrock,AI and Machine Learning,20,1K tokens,20,1K tokens,USE1-NovaLite-input-tokens,us-east-1,"{""team"":""a""}"
            3.5,3.5,4,3.5,USD,2026-11-01T00:00:00Z,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,Usage,Gemini,Google Cloud,Vertex AI,AI and Machine Learning,1200,count,1.2,1000 count,Gemini 2.5 Pro Text Output - Predictions,europe-west4,
            -0.5,-0.5,0,0,USD,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,Credit,Goodwill,AWS,Amazon Bedrock,AI and Machine Learning,,,,,,us-east-1,

            """);
        yield return ("azure.csv", """"
            BillingAccountId,BillingPeriodStartDate,Date,SubscriptionId,ResourceGroup,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,PayGPrice,CostInBillingCurrency,BillingCurrencyCode,ChargeType,Tags
            12345,11/01/2026,11/20/2026,sub-1,chat-rg,Azure OpenAI,Azure OpenAI GPT5,GPT 5 outpt Glbl 1M Tokens,2.5,1M,10,25,EUR,Usage,"""team"": ""search"",""env"": ""prod"""
            12345,11/01/2026,11/21/2026,sub-1,chat-rg,Virtual Machines,Dv5,D4 v5,24,1 Hour,0.2,4.8,EUR,Usage,
            12345,11/01/2026,11/21/2026,sub-1,chat-rg,Azure OpenAI,Azure OpenAI GPT5,GPT 5 cchd Inp Glbl 1M Tokens,1,1M,0.125,-0.125,EUR,Refund,

            """");
        yield return ("gcp-flat.csv", """
            billing_account_id,service.id,service.description,sku.description,usage_start_time,project.id,cost,currency,invoice.month,usage.amount,usage.unit,credits,labels
            01A,s,Vertex AI,Gemini 2.5 Flash Text Output - Predictions,2026-11-10 22:00:00 UTC,p1,2.5,USD,202611,4000,count,"[{""name"":""c"",""amount"":-0.75}]","[{""key"":""team"",""value"":""red""}]"
            01A,s,Cloud Storage,Standard Storage US,2026-11-10 22:00:00 UTC,p1,1,USD,202611,1,gibibyte,[],[]

            """);
        yield return ("gcp.json", """
            {"billing_account_id":"01-AB","service":{"id":"C7E2","description":"Vertex AI"},"sku":{"id":"S","description":"Gemini 2.5 Pro Text Input - Predictions"},"usage_start_time":"2026-11-20 10:00:00 UTC","usage_end_time":"2026-11-20 11:00:00 UTC","project":{"id":"p","number":"7"},"labels":[{"key":"team","value":"search"}],"location":{"region":"europe-west4"},"export_time":"2026-11-20 14:00:00 UTC","cost":"1.25","currency":"USD","usage":{"amount":1000000,"unit":"count"},"credits":[{"name":"Free","amount":-0.25,"type":"PROMOTION"}],"invoice":{"month":"202611"},"cost_type":"regular","cost_at_list":1.5}
            {"billing_account_id":"01-AB","service":{"id":"C7E3","description":"Cloud Run"},"sku":{"id":"T","description":"CPU"},"usage_start_time":"2026-11-20 10:00:00 UTC","usage_end_time":"2026-11-20 11:00:00 UTC","project":{"id":"p","number":"7"},"labels":[],"location":{"region":"europe-west4"},"export_time":"2026-11-20 14:00:00 UTC","cost":2,"currency":"USD","usage":{"amount":5,"unit":"seconds"},"credits":[],"invoice":{"month":"202611"},"cost_type":"regular"}

            """);
        yield return ("openai.json", """
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[
              {"object":"organization.costs.result","amount":{"value":"0.895874","currency":"usd"},"line_item":"gpt-4o-2024-08-06, cached input","project_id":"proj_1","organization_id":"org-1"},
              {"object":"organization.costs.result","amount":{"value":0.0625,"currency":"usd"},"line_item":"web search tool calls","project_id":null}]}],"has_more":false,"next_page":null}
            """);
        yield return ("openai-usage.json", """
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795136400,"results":[
             {"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":0,"num_model_requests":5,"project_id":"proj_1","model":"gpt-4o","batch":true,"service_tier":"flex"}]}],"has_more":false}
            """);
        yield return ("openai.csv", """
            start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,project_name,organization_id,organization_name
            1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,0.75,usd,"gpt-5-2025-08-07, cached input",proj_b,B,org,O
            1793664000,1793750400,2026-11-03T00:00:00+00:00,2026-11-04T00:00:00+00:00,0.5,usd,"gpt-5-2025-08-07, output",proj_b,B,org,O

            """);
        yield return ("anthropic.json", """
            {"data":[{"starting_at":"2026-11-20T00:00:00Z","ending_at":"2026-11-21T00:00:00Z","results":[
             {"amount":"123.45","currency":"USD","cost_type":"tokens","context_window":"0-200k","description":"Claude Sonnet 4 Usage - Input Tokens","model":"claude-sonnet-4-20250514","service_tier":"standard","token_type":"uncached_input_tokens","workspace_id":"w1"},
             {"amount":"50","currency":"USD","cost_type":"web_search","description":"Web Search Usage"}]}],"has_more":false,"next_page":null}
            """);
        yield return ("anthropic-usage.json", """
            {"data":[{"starting_at":"2026-11-20T00:00:00Z","ending_at":"2026-11-20T01:00:00Z","results":[{"api_key_id":"k","cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},
             "cache_read_input_tokens":200,"context_window":"0-200k","model":"claude-sonnet-4-20250514","output_tokens":500,"server_tool_use":{"web_search_requests":10},"service_tier":"standard","uncached_input_tokens":1500,"workspace_id":"w1"}]}],"has_more":false}
            """);
        yield return ("databricks.csv", """
            record_id,account_id,workspace_id,sku_name,cloud,usage_start_time,usage_end_time,usage_date,custom_tags,usage_unit,usage_quantity,usage_metadata,record_type,billing_origin_product
            r1,acc,7,ENTERPRISE_SERVING,AWS,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,2026-11-20,{},DBU,100,"{""endpoint_name"":""chat""}",ORIGINAL,MODEL_SERVING
            r2,acc,7,ENTERPRISE_SERVING,AWS,2026-11-20T11:00:00Z,2026-11-20T12:00:00Z,2026-11-20,{},DBU,-10,"{""endpoint_name"":""chat""}",RETRACTION,MODEL_SERVING

            """);
        yield return ("databricks.json", """
            {"record_id":"r1","account_id":"a","workspace_id":"7","sku_name":"ENTERPRISE_SERVING","cloud":"AWS","usage_start_time":"2026-11-20T10:00:00.000Z","usage_end_time":"2026-11-20T11:00:00.000Z","custom_tags":{"team":"search"},"usage_unit":"DBU","usage_quantity":"10.5","usage_metadata":{"endpoint_name":"chat"},"identity_metadata":{"run_as":"a"},"billing_origin_product":"MODEL_SERVING"}
            """);
        yield return ("cost-explorer.json", """
            {"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"},{"Type":"DIMENSION","Key":"USAGE_TYPE"}],
             "ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Total":{},"Groups":[
               {"Keys":["Amazon Bedrock","USE1-NovaLite-input-tokens"],"Metrics":{"UnblendedCost":{"Amount":"0.06","Unit":"USD"},"NetAmortizedCost":{"Amount":"0.05","Unit":"USD"},"UsageQuantity":{"Amount":"1000","Unit":"N/A"}}},
               {"Keys":["AWS Lambda","Lambda-GB-Second"],"Metrics":{"UnblendedCost":{"Amount":"0.5","Unit":"USD"},"NetAmortizedCost":{"Amount":"0.5","Unit":"USD"},"UsageQuantity":{"Amount":"100","Unit":"Seconds"}}}],"Estimated":false}],"DimensionValueAttributes":[]}
            """);
        yield return ("cost-explorer.csv", """
            "Service","Amazon Bedrock($)","AWS Lambda($)","Total costs($)"
            "Service total","12.5","0.25","12.75"
            "2026-11-12","12.5","","12.5"
            "2026-11-13","","0.25","0.25"

            """);
        yield return ("cloudwatch.json", """
            {"MetricDataResults":[{"Id":"m1","Label":"amazon.nova-lite-v1:0 InputTokenCount","Timestamps":["2026-11-20T11:00:00Z","2026-11-20T10:00:00Z"],"Values":[20.0,10.0],"StatusCode":"Complete"}],"Messages":[]}
            """);
        yield return ("invocations.json", """
            {"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-11-20T12:00:01Z","accountId":"1","identity":{"arn":"arn:aws:sts::1:assumed-role/r/s"},"region":"us-east-1","requestId":"a","operation":"InvokeModel","modelId":"amazon.nova-lite-v1:0","input":{"inputContentType":"application/json","inputTokenCount":25},"output":{"outputContentType":"application/json","outputTokenCount":150}}
            {"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-11-20T12:00:02Z","accountId":"1","identity":{"arn":"arn:aws:sts::1:assumed-role/r/s"},"region":"us-east-1","requestId":"b","operation":"Converse","modelId":"amazon.nova-lite-v1:0","input":{"inputContentType":"application/json","inputTokenCount":5},"output":{"outputContentType":"application/json","outputTokenCount":50}}

            """);
    }
}
