namespace Sluice.Testing;

/// <summary>
/// How long a test waits for something that has to come. It ends a run that hangs and tells nothing about speed, so it is far
/// beyond what a machine at forty times its load needs.
/// </summary>
internal static class HangGuard
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
}
