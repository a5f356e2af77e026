using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different units of measure or currencies. Short ones count only right behind a number.</summary>
public sealed class UnitGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> Units = WordSets.Groups("""
        km kilometer kilometers kilometre kilometres kms
        metre metres meter meters
        cm centimeter centimeters centimetre centimetres cms
        mm millimeter millimeters millimetre millimetres
        mile miles
        mph
        kmh kph
        foot feet ft
        inch inches
        yard yards
        kg kilogram kilograms kilo kilos kgs
        gram grams
        mg milligram milligrams
        pound pounds lb lbs
        ounce ounces oz
        tonne tonnes
        ton tons
        litre litres liter liters
        ml milliliter milliliters millilitre millilitres
        gallon gallons
        pint pints
        cup cups
        tablespoon tablespoons tbsp
        teaspoon teaspoons tsp
        celsius centigrade
        fahrenheit
        kelvin
        second seconds sec secs
        ms millisecond milliseconds
        minute minutes mins
        hour hours hrs hr hourly
        day days daily
        week weeks weekly
        month months monthly
        year years yearly annually annual yr yrs
        decade decades
        century centuries
        byte bytes
        bit bits
        kb kilobyte kilobytes
        mb megabyte megabytes
        gb gigabyte gigabytes
        tb terabyte terabytes
        hz hertz
        ghz gigahertz
        mhz megahertz
        watt watts
        kw kilowatt kilowatts
        volt volts
        amp amps ampere amperes
        joule joules
        calorie calories kcal
        percent percentage
        dollar dollars usd bucks
        euro euros eur
        gbp sterling
        yen jpy
        yuan rmb cny
        rupee rupees rs inr
        lakh lakhs
        crore crores
        cent cents
        acre acres
        hectare hectares
        degree degrees
        """);

    private static readonly FrozenDictionary<string, string> BehindNumbers = WordSets.Groups("""
        metre m
        second s
        gram g
        litre l
        inch in
        hour h
        percent %
        celsius c
        fahrenheit f
        """);

    public string Name => "units";

    public string? Objection(Wording a, Wording b) => Found(a).SetEquals(Found(b)) ? null : "the units differ";

    private static HashSet<string> Found(Wording text)
    {
        var units = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Words.Length; i++)
        {
            var word = text.Words[i];
            var unit = word.IsNumber ? word.Lower.TrimStart("0123456789.,".ToCharArray()) : word.Lower;
            var isMeasured = word.IsNumber || (i > 0 && text.Words[i - 1].IsNumber);
            // "Second" is a place in a row unless it stands behind a number.
            if (Units.TryGetValue(unit, out var name) && (isMeasured || unit is not ("second" or "degree" or "cup" or "foot" or "rs")))
                units.Add(name);
            else if (isMeasured && BehindNumbers.TryGetValue(unit, out name))
                units.Add(name);
        }
        foreach (var (sign, name) in Signs)
        {
            if (text.Text.Contains(sign, StringComparison.Ordinal))
                units.Add(name);
        }
        return units;
    }

    private static readonly (char Sign, string Name)[] Signs = [('%', "percent"), ('$', "dollar"), ('€', "euro"), ('£', "gbp"), ('¥', "yen"), ('₹', "rupee")];
}
