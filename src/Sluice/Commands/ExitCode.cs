namespace Sluice.Commands;

/// <summary>What every command returns to the shell; scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command ran and its answer is no: a check failed, or there is no price.</summary>
    public const int No = 1;

    public const int WrongUsage = 2;

    public const int CouldNotRun = 3;
}
