using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>A word here and its opposite there: buy and sell, inside and outside, install and uninstall.</summary>
public sealed class OppositeGuard : IGuard
{
    /// <summary>Each word with its opposites, by stems, both ways.</summary>
    private static readonly FrozenDictionary<string, string[]> Opposites = Pairs("""
        buy sell|buy rent|import export|increase decrease|increase reduce|raise lower|raise reduce|gain lose|win lose|open close|open shut|start stop|begin end|start end|start finish
        enable disable|on off|onto off|in out|into out|inside outside|indoors outdoors|indoor outdoor|up down|above below|over under|before after|front back|front behind|left right|top bottom
        first last|early late|old new|old young|hot cold|warm cool|wet dry|dry soak|fast slow|quick slow|high low|tall short|long short|big small|large small|huge tiny|heavy light|hard soft
        hard easy|difficult easy|good bad|best worst|better worse|rich poor|cheap expensive|strong weak|dark light|black white|day night|male female|man woman|boy girl|men women|boys girls|father mother
        husband wife|brother sister|son daughter|king queen|he she|his her|true false|accept reject|accept decline|allow deny|allow forbid|allow block|allow prevent|add remove|add delete|insert remove|insert delete
        create delete|create destroy|build destroy|install remove|push pull|give take|give receive|send receive|lend borrow|teach learn|ask answer|love hate|like dislike|like hate|laugh cry|alive dead|live die
        advantage disadvantage|pro con|benefit risk|benefit drawback|profit loss|income expense|credit debit|asset liability|upload download|encode decode|encrypt decrypt|compress decompress|zip unzip
        lock unlock|block unblock|follow unfollow|mute unmute|subscribe unsubscribe|load unload|connect disconnect|attach detach|login logout|expand collapse|expand shrink|grow shrink|ascend descend|rise fall
        maximize minimize|maximise minimise|maximum minimum|max min|most least|more less|more fewer|many few|always never|all none|everyone nobody|everybody nobody|everything nothing|someone nobody|somebody nobody
        public private|internal external|legal illegal|safe dangerous|safe unsafe|healthy unhealthy|positive negative|plus minus|odd even|even odd|input output|source target|client server|read write|north south|east west
        full empty|fill empty|same different|similar different|asleep awake|sleep wake|sit stand|stand lie|sit jump|walk run|run stop|eat fast|eat sleep|sleep play|silent loud|quiet loud|silent sing|still move
        sunrise sunset|summer winter|ancient modern|arrive leave|arrive depart|come go|enter exit|enter leave|import dump|pass fail|success failure|succeed fail|hire fire|marry divorce|remember forget
        domestic foreign|local global|local remote|permanent temporary|single married|vegetarian meat|virtual physical|vertical horizontal|row column|backward forward|backwards forwards|clockwise counterclockwise
        pick drop|put take|put remove|lift drop|break fix|break repair|break build|cut join|clean dirty|clear cloudy|wear remove|save spend|save lose|save delete|attack defend|ignore look|stare ignore
        freeze melt|heat cool|boil freeze|dive climb|climb descend|float sink|hide show|hide reveal|find lose|crowd empty|near far|close far|together apart|with without|synchronous asynchronous|mutable immutable
        static dynamic|serial parallel|horizontal vertical|singular plural|past future|mount unmount|mount dismount|peel eat|slice eat|throw catch|lend take|deposit withdraw|employer employee|landlord tenant|buyer seller
        teacher student|doctor patient|parent child|supply demand|theory practice|question answer|question statement|cause effect|cause cure|symptom cure|symptom cause|symptom treatment|cause treatment
        gain reduce|lose put|rent own|lease own|hot iced|raw cooked|sweet sour|thick thin|wide narrow|deep shallow|sharp blunt|tight loose|smooth rough|straight curly|alive extinct|guilty innocent|offline online
        """);

    private static readonly string[] Prefixes = ["un", "in", "im", "il", "ir", "dis", "non", "de", "mis", "anti", "pre", "post", "under", "over", "re"];

    public string Name => "opposites";

    public string? Objection(Wording a, Wording b) => IsOpposed(a, b) || IsOpposed(b, a) ? "a word here has its opposite there" : null;

    private static bool IsOpposed(Wording text, Wording other)
    {
        foreach (var word in text.Words)
        {
            if (other.Stems.Contains(word.Stem))
                continue;
            if (Opposites.TryGetValue(word.Stem, out var opposites) && opposites.Any(o => other.Stems.Contains(o) && !text.Stems.Contains(o)))
                return true;
            if (Array.Exists(Prefixes, prefix => word.Stem.Length > prefix.Length + 3 && word.Stem.StartsWith(prefix, StringComparison.Ordinal)
                && other.Stems.Contains(word.Stem[prefix.Length..]) && !text.Stems.Contains(word.Stem[prefix.Length..])))
                return true;
        }
        return false;
    }

    private static FrozenDictionary<string, string[]> Pairs(string text) => text
        .Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.Split(' ').Select(Stemmer.StemOf).ToArray())
        .SelectMany(pair => new[] { (Word: pair[0], Opposite: pair[1]), (Word: pair[1], Opposite: pair[0]) })
        .GroupBy(pair => pair.Word, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.Select(p => p.Opposite).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
}
