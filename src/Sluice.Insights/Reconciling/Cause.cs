namespace Sluice.Insights.Reconciling;

/// <summary>Why bill and ledger differ.</summary>
public enum CauseKind
{
    /// <summary>The bill has tokens that never passed the gateway.</summary>
    PastTheGateway,

    /// <summary>Tokens agree, and the bill's price is another than the price book's.</summary>
    PriceBookBehind,

    /// <summary>The ledger has tokens that its price book had no price for.</summary>
    PriceMissing,

    /// <summary>Everything costs the same share less, or the bill has lines of discounts.</summary>
    Discount,

    /// <summary>The bill counts cache writes of one lifetime where the ledger has the other's.</summary>
    CacheWriteSplit,

    /// <summary>The bill has a usage type whose tail Sluice doesn't know.</summary>
    UnknownTier,

    /// <summary>Bedrock charges whose model or kind Sluice doesn't know.</summary>
    UnknownUsage,

    WrongTier,

    WrongScope,

    /// <summary>Tokens of one kind on the bill are of another in the ledger.</summary>
    WrongKind,

    /// <summary>Batch jobs, which don't pass the gateway.</summary>
    Batch,

    /// <summary>The bill has as many tokens more as one of its accounts used.</summary>
    AnotherAccount,

    /// <summary>The bill doesn't reach so far yet.</summary>
    LateRows,

    /// <summary>Replies that broke off, whose usage the ledger had to estimate or doesn't know.</summary>
    AbortedStreams,

    /// <summary>Replies whose report of usage can be read in two ways; the bill shows which is right.</summary>
    SuspectUsage,

    /// <summary>Credits, taxes, fees and refunds, which no call causes.</summary>
    CreditsAndTaxes,

    Rounding,

    /// <summary>The ledger has tokens that no bill has.</summary>
    NotOnTheBill,

    /// <summary>Tokens agree and the money doesn't, by no constant ratio.</summary>
    Unexplained,
}

/// <summary>The stable names of the causes.</summary>
public static class CauseKinds
{
    private static readonly string[] Names =
    [
        "past_the_gateway", "price_book_behind", "price_missing", "discount", "cache_write_split", "unknown_tier", "unknown_usage", "wrong_tier", "wrong_scope",
        "wrong_kind", "batch", "another_account", "late_rows", "aborted_streams", "suspect_usage", "credits_and_taxes", "rounding", "not_on_the_bill", "unexplained",
    ];

    public static string Name(this CauseKind kind) => Names[(int)kind];

    /// <summary>Whether the cause says what happened; the others only say that something did.</summary>
    public static bool IsExplanation(this CauseKind kind) => kind is not (CauseKind.NotOnTheBill or CauseKind.Unexplained);

    /// <summary>Whether the ledger itself says that its books may differ so: nothing is wrong with them, and nothing is to be done.</summary>
    public static bool IsForeseen(this CauseKind kind) => kind is CauseKind.AbortedStreams or CauseKind.SuspectUsage or CauseKind.Rounding;
}

/// <summary>One cause with all that it accounts for.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Usd">What the bill has more by it; negative for less.</param>
/// <param name="WeightUsd">The sum of its differences without their signs, by which causes of a sort are ranked.</param>
/// <param name="Quantity">Tokens that it moved or added.</param>
/// <param name="Evidence">What speaks for it, in sentences.</param>
public sealed record Cause(CauseKind Kind, decimal Usd, decimal WeightUsd, decimal Quantity, IReadOnlyList<string> Evidence);
