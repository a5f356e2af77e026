using Sluice.Hosting;

namespace Sluice.Reports;

/// <summary>
/// A question that Sluice answers, whoever asks: the command line's verb with its options and <c>/api/reports/NAME</c> are
/// made of it. A new one is a class of this kind and a line in <see cref="ReportCatalog"/>.
/// </summary>
internal abstract class Report
{
    private IReadOnlyList<ReportParameter>? _parameters;

    /// <summary>As it is called over HTTP; scripts rely on it.</summary>
    public abstract string Name { get; }

    /// <summary>One line without its full stop, for lists.</summary>
    public abstract string Summary { get; }

    /// <summary>What else its help says; with examples, in their own paragraph.</summary>
    public virtual string Help => "";

    /// <summary>The columns that an answer has beside those that it is grouped by; what they mean is in the catalogue.</summary>
    public abstract IReadOnlyList<ReportColumn> Columns { get; }

    /// <summary>Whether tables may hold model ids, which <c>--wide</c> shows whole.</summary>
    public virtual bool NamesModels => true;

    /// <summary>Whether it answers in pages of its own rather than whole; then it sorts and limits by itself.</summary>
    public virtual bool IsPaged => false;

    /// <summary>All that it can be asked with: its own, and how rows are ordered and how many there are.</summary>
    public IReadOnlyList<ReportParameter> Parameters => _parameters ??= IsPaged ? OwnParameters : [.. OwnParameters, .. ReportOrder.Parameters.Where(p => OwnParameters.All(o => o.Name != p.Name))];

    protected abstract IReadOnlyList<ReportParameter> OwnParameters { get; }

    /// <summary>The answer in its own order, whole.</summary>
    /// <exception cref="ReportMistakeException">The question can't be asked so.</exception>
    /// <exception cref="CouldNotRunException">What it needs is not there.</exception>
    protected abstract Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken);

    /// <summary>The answer as asked for.</summary>
    /// <exception cref="ReportMistakeException">The question can't be asked so.</exception>
    /// <exception cref="CouldNotRunException">What it needs is not there.</exception>
    public async Task<ReportTable> AskAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var order = IsPaged ? null : ReportOrder.Of(question);
        var table = await AnswerAsync(question, sources, cancellationToken);
        return order is null ? table : order.Apply(table);
    }
}
