using Sluice.Configuration;

namespace Sluice.Hosting.Reloading;

/// <summary>A configuration file that may change while the gateway runs.</summary>
/// <param name="File">Its path.</param>
/// <param name="Written">What it said at the start.</param>
/// <param name="Read">Reads it again.</param>
/// <param name="Override">Puts over it what the command line says, which wins.</param>
internal sealed record WatchedFile(string File, SluiceOptions Written, Func<SluiceOptions> Read, Func<SluiceOptions, SluiceOptions> Override);
