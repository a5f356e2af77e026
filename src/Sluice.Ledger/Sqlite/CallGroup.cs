using System.Globalization;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Sqlite;

/// <summary>What calls have in common that are summed together. Tags are one set with an id, so that sums by any tag come from here.</summary>
internal readonly record struct CallGroup(
    string KeyId, long TagSet, string Operation, string Model, string Region, string Scope, string Tier, string Outcome, string Error, string Status, CallDoubt Doubt)
{
    public static CallGroup Of(InvocationRecord record, long tagSet) => new(
        record.KeyId ?? "", tagSet, record.Operation.Name(), CallFacts.ModelOf(record), record.Region ?? "", record.Scope.Name(), record.Tier.Name(),
        record.Outcome.Name(), CallFacts.ErrorOf(record), CallFacts.StatusOf(record)?.ToString(CultureInfo.InvariantCulture) ?? "", CallFacts.DoubtOf(record));
}
