using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Commands;
using Sluice.Configuration;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Hosting;
using YamlDotNet.RepresentationModel;

namespace Sluice.Tests.Configuration;

/// <summary>
/// Whatever a configuration file holds, reading and compiling it either succeeds or says what is wrong. SLUICE_FUZZ_SECONDS
/// runs each test for so long; by default it has a fixed number of rounds.
/// </summary>
public sealed class ConfigurationFuzzTests : IDisposable
{
    private const int Seed = 20261130;
    private const int Rounds = 1_500;

    private const string Signs = "&*[]{}:-?|>'\"%@`#!,\n\t";

    private static readonly string Example = ExampleOfTheDocumentation();

    private static readonly string[] OddValues =
    [
        "", " ", "0", "-1", "1", "0s", "1ms", "-5s", "99999999999d", "999999999999999999999999.9s", ".s", "1.2.3s", "5 s", "1e308", "-0", "NaN", "Infinity", "-Infinity",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "79228162514264337593543950336", "0.0000000000000000000000000001", "1,000", "٣", "1_000",
        "true", "null", "~", "*", "**", "\0", "a\0b", "\u001b[31m", "\u202Eabc", "\uD800", "../../..", "/", "/dev/null", "no-such-file", new string('/', 5_000), new string('x', 70_000),
        "http://", "http://[::1", "https://user:pw@host:99999/x?y#z", "http://127.0.0.1:8080", "127.0.0.1:8080", "http://host:abc", "http://*:0", "ftp://host", "::", "//", "us-east-1/../x", "EU WEST", "-",
        "9999-12-31", "0001-01-01", "2026-02-30", "24:00-00:00", "22:00-06:00", "00:00-00:00", ">9223372036854775807", "<0", "<=9223372036854775807", ">=", "5-3", "0-0", "9223372036854775807-9223372036854775807", ">=80%", "%",
        "((((", "(?<a", "[a-", "(a+)+$", "\\", "{", "{}", "[]", "app:each", "app:", "tag:=", "tag:each=each", "key:", "model:*", "all", "each", "100000GB", "9007199254740993KB", "0B", "-1MB", "1 MB", "1TB",
        "Europe/Berlin", "../etc/passwd", "UTC", "arn:aws:sns:eu-west-1:123456789012:t", "arn:aws:", "arn:::::::::", "Host=db", "Host=db;Port=abc", ";;;=", "Host=;", "router", "cascade", "asked", "on", "off", "shadow", "required", "simulator", "aws",
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("sluice-fuzz-").FullName;
    private readonly GatewayMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void AnySettingMayHaveAnyValue() => Repeat((random, round) =>
    {
        var tree = Tree(Example);
        for (var change = random.Next(1, 4); change > 0; change--)
            Change(tree, random);
        return Json(tree);
    });

    [Fact]
    public void TheTextMayBeDamagedAnywhere() => Repeat((random, round) =>
    {
        var text = new StringBuilder(Example);
        for (var change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0: text.Remove(at, Math.Min(random.Next(1, 200), text.Length - at)); break;
                case 1: text.Insert(at, OddValues[random.Next(OddValues.Length)]); break;
                case 2: text[at] = (char)random.Next(1, 0x300); break;
                case 3: text.Length = at; break;
                default: text.Insert(at, Signs[random.Next(Signs.Length)]); break;
            }
        }
        return text.ToString();
    });

    private void Repeat(Func<Random, int, string> make)
    {
        var limit = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 0; limit is null ? round < Rounds : TimeProvider.System.GetElapsedTime(began) < limit; round++)
        {
            var text = make(new Random(Seed + round), round);
            try
            {
                Compile(OptionsReader.Read(text, "sluice.yaml"));
            }
            catch (Exception e) when (e is ConfigurationException or CouldNotRunException or PriceFileException)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"Round {round}: {e}\n{text[..Math.Min(text.Length, 5_000)]}");
            }
        }
    }

    private void Compile(SluiceOptions options)
    {
        using var upstreams = new UpstreamFactory(TimeProvider.System);
        AlertDesk.Check(options.Alerts);
        new SnapshotCompiler(null!, upstreams, _metrics, new Uri("http://127.0.0.1:1"), new TokenCalibration(), check: null, TimeProvider.System, NullLoggerFactory.Instance)
        {
            Keys = KeyRing.Open(_directory, TimeProvider.System),
        }.Compile(options);
    }

    private static YamlMappingNode Tree(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    /// <summary>Goes down to some depth and puts something else there.</summary>
    private static void Change(YamlMappingNode root, Random random)
    {
        YamlNode at = root;
        while (true)
        {
            var isLast = random.Next(4) == 0;
            switch (at)
            {
                case YamlMappingNode { Children.Count: > 0 } mapping:
                    var (name, value) = mapping.Children[random.Next(mapping.Children.Count)];
                    if (!isLast && value is not YamlScalarNode)
                    {
                        at = value;
                        continue;
                    }
                    if (random.Next(20) == 0)
                        mapping.Children.Remove(name);
                    else
                        mapping.Children[name] = Odd(random, depth: 0);
                    return;
                case YamlSequenceNode { Children.Count: > 0 } sequence:
                    var index = random.Next(sequence.Children.Count);
                    if (!isLast && sequence.Children[index] is not YamlScalarNode)
                    {
                        at = sequence.Children[index];
                        continue;
                    }
                    sequence.Children[index] = Odd(random, depth: 0);
                    return;
                default:
                    return;
            }
        }
    }

    private static YamlNode Odd(Random random, int depth) => random.Next(10) switch
    {
        0 => new YamlSequenceNode(Enumerable.Range(0, random.Next(4)).Select(_ => depth > 40 ? new YamlScalarNode("x") : Odd(random, depth + 1))),
        1 => new YamlMappingNode(Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(OddValues[random.Next(OddValues.Length)] + i), new YamlScalarNode("x")))),
        2 => new YamlScalarNode(new string([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(1, 0xD7FF))])),
        _ => new YamlScalarNode(OddValues[random.Next(OddValues.Length)]),
    };

    /// <summary>JSON is YAML, and escapes whatever a value holds.</summary>
    private static string Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Children.Select(c => $"{Json(c.Key)}: {Json(c.Value)}"))}}}",
        YamlSequenceNode sequence => $"[{string.Join(", ", sequence.Children.Select(Json))}]",
        _ => JsonSerializer.Serialize(((YamlScalarNode)node).Value),
    };

    private static string ExampleOfTheDocumentation() =>
        File.ReadAllText(Path.Combine(Testing.SharedFolder.RepositoryRoot, "docs", "configuration.md")).Split("```yaml")[1].Split("```")[0]
            .Replace("upstream: aws                     #", "#", StringComparison.Ordinal)
            .Replace("region: eu-west-1                 #", "#", StringComparison.Ordinal)
            .Replace("model: semantic.model", "#", StringComparison.Ordinal)
            .Replace("file: own-prices.csv", "#", StringComparison.Ordinal);
}
