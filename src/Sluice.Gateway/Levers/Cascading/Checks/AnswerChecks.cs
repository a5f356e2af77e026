namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>Runs an answer through several checks.</summary>
internal static class AnswerChecks
{
    /// <summary>The first objection, or null. A check that fails by itself rejects nothing.</summary>
    /// <param name="checks">In this order.</param>
    /// <param name="answer">What they look at.</param>
    /// <param name="onFault">Told of a check that failed, by its name.</param>
    public static string? FirstObjection(this IEnumerable<IAnswerCheck> checks, CheckedAnswer answer, Action<Exception, string> onFault)
    {
        foreach (var check in checks)
        {
            try
            {
                if (check.Objection(answer) is { } objection)
                    return objection;
            }
            catch (Exception e)
            {
                onFault(e, check.Name);
            }
        }
        return null;
    }
}
