namespace Sluice.Gateway.Errors;

/// <summary>
/// A stage behind the levers, a limit or a budget, turns a call down. It is thrown rather than answered, so that no stage on the way out takes it
/// for the upstream's own refusal of what levers made; the record stage puts it into the caller's shape.
/// </summary>
/// <param name="refusal">What the caller is told.</param>
/// <param name="error">The name under which the ledger has it.</param>
public sealed class RefusedException(Refusal refusal, string error) : Exception(refusal.Message)
{
    public Refusal Refusal => refusal;

    public string Error => error;
}
