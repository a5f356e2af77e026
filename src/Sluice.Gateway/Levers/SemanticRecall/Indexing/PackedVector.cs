using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// A sparse embedding in about two bytes a feature: the step to the next dimension (one byte, or two from 128 on) and the
/// count. Nothing is rounded.
/// </summary>
internal static class PackedVector
{
    public static byte[] Pack(Embedding embedding)
    {
        var packed = new byte[embedding.Dimensions.Length * 3];
        var length = 0;
        var last = 0;
        for (var i = 0; i < embedding.Dimensions.Length; i++)
        {
            var step = embedding.Dimensions[i] - last;
            last = embedding.Dimensions[i];
            if (step >= 128)
                packed[length++] = (byte)(128 | (step >> 7));
            packed[length++] = (byte)(step & 127);
            packed[length++] = embedding.Counts[i];
        }
        return packed[..length];
    }

    public static Embedding Unpack(ReadOnlySpan<byte> packed)
    {
        var dimensions = new List<ushort>(packed.Length / 2);
        var counts = new List<byte>(packed.Length / 2);
        foreach (var feature in new Features(packed))
        {
            dimensions.Add((ushort)feature.Dimension);
            counts.Add(feature.Count);
        }
        return Embedding.Sparse([.. dimensions], [.. counts]);
    }

    /// <summary>Walks the features of a packed vector.</summary>
    public ref struct Features(ReadOnlySpan<byte> packed)
    {
        private readonly ReadOnlySpan<byte> _packed = packed;
        private int _position;
        private int _dimension;
        private byte _count;

        public readonly (int Dimension, byte Count) Current => (_dimension, _count);

        public readonly Features GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_position >= _packed.Length)
                return false;
            int step = _packed[_position++];
            if (step >= 128)
                step = ((step & 127) << 7) | _packed[_position++];
            _dimension += step;
            _count = _packed[_position++];
            return true;
        }
    }
}
