using Sluice.Configuration;
using Sluice.Gateway.Levers.SemanticRecall;

namespace Sluice.Hosting;

/// <summary>The trained models of semantic recall, each read once while its file stays what it is. Not thread-safe.</summary>
internal sealed class SemanticModels
{
    private readonly Dictionary<string, (DateTime WrittenAt, SemanticModel Model)> _read = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">The file can't be read or fits no more.</exception>
    public SemanticModel Of(SemanticRecallOptions options)
    {
        if (options.ModelFile is not { } file)
            return SemanticModel.Untrained;
        try
        {
            var writtenAt = File.GetLastWriteTimeUtc(file);
            if (_read.TryGetValue(file, out var known) && known.WrittenAt == writtenAt)
                return known.Model;
            var model = SemanticModelFile.Read(file);
            _read[file] = (writtenAt, model);
            return model;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ConfigurationException([new(file, 1, 1, $"The model of levers.semantic can't be used: {e.Message}")]);
        }
    }
}
