using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Gateway.Tests.Edge;

/// <summary>Request targets as attackers write them: pieces that mean something to some parser of URLs, in any order.</summary>
internal static class RandomTargets
{
    private static readonly string[] Pieces =
    [
        "/", "//", "\\", "/\\", "@", ":", ":443", ":0", ".", "..", "/..", "/.", "?", "#", "*", "http://", "https://", "HTTP://", "ftp://", "javascript:",
        "evil.example", "x.evil.example:443", "user:pass@evil.example", "127.0.0.1", "0:8080", "[::1]", "%2f", "%2F", "%5c", "%2e%2e", "%00", "%0d%0a", "%",
        "%zz", "%25", "\t", " ", "\r\n", "\u00e9", "\u2028", "\ud800", "a", "/model/", "/converse", "/v1/", "/api/", "/async-invoke", "amazon.nova-lite-v1:0",
    ];

    public static Gen<string> Any => Gen.Elements(Pieces).ListOf().Select(string.Concat);

    public static string Of(Random random) => string.Concat(random.GetItems(Pieces, random.Next(12)));

    public static Config Config(int tests) => FsCheck.Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(tests).WithReplay(20261130, 1);
}
