using System.Globalization;
using System.Text;
using Sluice.Hosting;
using Sluice.Insights.Reconciling;
using Sluice.Output;

namespace Sluice.Commands.Reconcile;

/// <summary>Writes learned prices as a file of own prices that nothing uses yet.</summary>
internal static class PriceProposal
{
    /// <param name="file">Must not be there: a file that the gateway may be using is never changed.</param>
    /// <exception cref="CouldNotRunException">It is there.</exception>
    public static void Write(string file, IReadOnlyList<LearnedPrice> learned, TextWriter messages)
    {
        if (learned.Count == 0)
        {
            messages.WriteLine($"The price book has every price of the bill; {file} was not written.");
            return;
        }
        if (File.Exists(file))
            throw new CouldNotRunException($"'{file}' is there already and may be in use; name a new file with --propose-prices.");
        using (var text = new StreamWriter(new FileStream(file, FileMode.CreateNew), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            Terminal.WriteCsv(text, [.. LearnedPrice.Columns], learned.Select(p => p.Fields.ToArray<string?>()));
        messages.WriteLine($"Of the prices of the bill, {learned.Count:#,0} that the price book doesn't have stand in {file}. Nothing uses it: look at each line, then name the file under prices.file, or add the lines to yours.");
        if (PriceLearner.DiscountOf(learned) is { } ratio)
            messages.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"All of them are {ratio:0.####} of the book's: that is a discount of {(1 - ratio) * 100:0.##} percent, which belongs under prices.discounts rather than into a price file."));
    }
}
