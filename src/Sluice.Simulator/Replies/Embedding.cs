using System.Text;

namespace Sluice.Simulator.Replies;

/// <summary>
/// Embeds a text so that similar texts get similar vectors: each word adds a fixed random direction of its own, and the sum
/// is brought to length 1. Order and meaning have no say.
/// </summary>
internal static class Embedding
{
    private const int DirectionsPerWord = 24;

    public static float[] Of(string text, int dimensions)
    {
        var vector = new float[dimensions];
        var bytes = Encoding.UTF8.GetBytes(text.ToLowerInvariant());
        var at = 0;
        while (at < bytes.Length)
        {
            while (at < bytes.Length && !IsWordByte(bytes[at]))
                at++;
            var start = at;
            while (at < bytes.Length && IsWordByte(bytes[at]))
                at++;
            if (at > start)
                AddWord(vector, bytes.AsSpan(start..at));
        }
        Normalise(vector);
        return vector;
    }

    private static void AddWord(float[] vector, ReadOnlySpan<byte> word)
    {
        var dice = new Dice(Dice.Hash(word));
        for (var i = 0; i < DirectionsPerWord; i++)
            vector[dice.Next(vector.Length)] += dice.Next(2) == 0 ? -1 : 1;
    }

    private static void Normalise(float[] vector)
    {
        var length = 0.0;
        foreach (var value in vector)
            length += value * value;
        if (length == 0)
        {
            vector[0] = 1;
            return;
        }
        var scale = (float)(1 / Math.Sqrt(length));
        for (var i = 0; i < vector.Length; i++)
            vector[i] *= scale;
    }

    private static bool IsWordByte(byte b) => b >= 0x80 || char.IsAsciiLetterOrDigit((char)b);
}
