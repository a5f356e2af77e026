using System.Security.Cryptography;

namespace Sluice.Bedrock.Signing;

/// <summary>The time, region and service that a signature holds for.</summary>
internal readonly record struct SigningScope(DateTime Utc, string Region, string Service)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The form of <c>x-amz-date</c>.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    public DateOnly Day => DateOnly.FromDateTime(Utc);

    /// <summary>Appends the credential scope, <c>20261121/eu-west-1/bedrock/aws4_request</c>.</summary>
    public void AppendTo(ref Utf8Builder output)
    {
        Span<byte> day = stackalloc byte[8];
        Utc.TryFormat(day, out _, "yyyyMMdd");
        output.Append(day);
        output.Append((byte)'/');
        output.Append(Region);
        output.Append((byte)'/');
        output.Append(Service);
        output.Append("/aws4_request"u8);
    }

    public void AppendTimeTo(ref Utf8Builder output)
    {
        Span<byte> time = stackalloc byte[16];
        Utc.TryFormat(time, out _, TimeFormat);
        output.Append(time);
    }

    public void WriteStringToSign(ref Utf8Builder output, ReadOnlySpan<byte> canonicalRequest)
    {
        output.Append(Algorithm);
        output.Append((byte)'\n');
        AppendTimeTo(ref output);
        output.Append((byte)'\n');
        AppendTo(ref output);
        output.Append((byte)'\n');
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonicalRequest, hash);
        output.AppendHex(hash);
    }

    /// <summary>Writes the 32 bytes of the signature over a canonical request.</summary>
    public void Sign(ReadOnlySpan<byte> canonicalRequest, ReadOnlySpan<byte> key, Span<byte> signature)
    {
        var text = new Utf8Builder(stackalloc byte[256]);
        WriteStringToSign(ref text, canonicalRequest);
        HMACSHA256.HashData(key, text.Written, signature);
        text.Dispose();
    }
}
