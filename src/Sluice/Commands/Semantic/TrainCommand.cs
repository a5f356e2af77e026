using System.CommandLine;
using System.Net.Http.Headers;
using Sluice.Bedrock.Operations;
using Sluice.Configuration;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Hosting;
using Sluice.Lab.Semantics;
using Sluice.Lab.Semantics.Training;

namespace Sluice.Commands.Semantic;

/// <summary><c>sluice semantic train</c>: a model of one's own labelled pairs.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Where the model is written.", Required = true };
        var embedder = new Option<string?>("--embedder") { Description = "A model on Bedrock, such as amazon.titan-embed-text-v2:0: each text is embedded once, at its price." };
        embedder.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && BedrockEmbedder.FamilyOf(ModelIdentifier.Parse(name).BaseModel) is null)
                result.AddError($"--embedder {name}: it must be amazon.titan-embed-text-v2:0, cohere.embed-english-v3 or cohere.embed-multilingual-v3; leave it out for the embedder that needs none.");
        });
        var url = new Option<string>("--url") { Description = "Where the gateway listens that --embedder is asked through.", DefaultValueFactory = _ => new SluiceOptions().Urls[0] };
        url.Validators.Add(SemanticOptions.IsAddress);
        var key = SemanticOptions.Key("The token of a key for it, where it requires keys.");
        var (pairs, folds, seed, noVerifier, precision) = (SemanticOptions.Pairs(), SemanticOptions.Folds(), SemanticOptions.Seed(), SemanticOptions.NoVerifier(), SemanticOptions.Precision());
        var command = new Command("train", """
            Learn from labelled pairs which words are rare and which differences matter, and calibrate the threshold. The model
            holds hashes and weights, no text. Exit code 1: it is written, but no threshold's precision is proven, so it serves
            nothing. With --embedder the threshold alone is calibrated, to the cosines of that model, which is asked through a
            running gateway and so stands in its ledger.

            Examples:
              sluice semantic train pairs.jsonl --out semantic.model --precision 0.99
              sluice semantic train pairs.jsonl --out titan.model --embedder amazon.titan-embed-text-v2:0 --key TOKEN
            """)
        { pairs, output, folds, seed, noVerifier, precision, embedder, url, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            SemanticModel model;
            try
            {
                var read = SemanticOptions.Read(parsed.GetValue(pairs)!);
                model = parsed.GetValue(embedder) is { } name
                    ? await CalibrateAsync(read, ModelIdentifier.Parse(name), new Uri(parsed.GetValue(url)!), parsed.GetValue(key), parsed.GetValue(precision), cancellationToken)
                    : SemanticTrainer.Train(read, parsed.GetValue(folds), parsed.GetValue(seed), parsed.GetValue(precision), !parsed.GetValue(noVerifier));
            }
            catch (ArgumentException e)
            {
                throw new CouldNotRunException($"{parsed.GetValue(pairs)}: {e.Message}", e);
            }
            var path = parsed.GetValue(output)!;
            SemanticModelFile.Write(path, model);
            if (model.Calibration is not { } calibration)
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{path}: no threshold reaches a precision of {parsed.GetValue(precision)} for sure; label more pairs, or ask for less.");
                return ExitCode.No;
            }
            parsed.InvocationConfiguration.Output.WriteLine($"{path}: threshold {calibration.Threshold:0.0000} for {calibration.Embedder}; {calibration.Accepted:#,0} of {calibration.Labels:#,0} pairs pass, {calibration.PrecisionLow:0.000} or more of them right.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<SemanticModel> CalibrateAsync(
        IReadOnlyList<LabelledPair> pairs, ModelIdentifier model, Uri gateway, string? key, double precision, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var address = new Uri(gateway, $"/model/{Uri.EscapeDataString(model.Raw)}/invoke");
        var embedder = BedrockEmbedder.Of(model, async (body, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var reply = await client.SendAsync(request, token);
            if (!reply.IsSuccessStatusCode)
                throw new CouldNotRunException($"{address} answered with status {(int)reply.StatusCode}; see that the gateway's upstream has the model, and give the token of a key as --key.");
            return await reply.Content.ReadAsByteArrayAsync(token);
        });
        try
        {
            return await EmbedderCalibration.RunAsync(pairs, embedder, precision, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new CouldNotRunException($"{address} can't be asked: {e.Message} Start the gateway with 'sluice serve', or say where it listens with --url.", e);
        }
    }
}
