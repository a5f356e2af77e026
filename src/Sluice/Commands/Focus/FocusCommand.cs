using System.CommandLine;

namespace Sluice.Commands.Focus;

/// <summary><c>sluice focus</c>: the FinOps Foundation's format for bills, checked and written.</summary>
public static class FocusCommand
{
    public static Command Create(TimeProvider time) => new("focus", "Check FOCUS files, or write the ledger and the bills as one.")
    {
        CheckCommand.Create(),
        ExportCommand.Create(time),
    };
}
