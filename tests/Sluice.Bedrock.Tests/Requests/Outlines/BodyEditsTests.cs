using System.Text;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class BodyEditsTests
{
    [Fact]
    public void AppliesEditsByTheOffsetsOfTheOldBody()
    {
        using var edits = new BodyEdits();
        edits.Replace(new ByteRange(6, 2), "---"u8);
        edits.Insert(0, "<"u8);
        edits.Replace(new ByteRange(2, 1), []);
        edits.Insert(10, "x"u8, "y"u8);
        Assert.Equal("<0134" + "5---89xy", Apply(edits, "0123456789"));
    }

    [Fact]
    public void WithoutEditsTheBodyIsTheSame()
    {
        using var edits = new BodyEdits();
        Assert.True(edits.IsEmpty);
        Assert.Equal("body", Apply(edits, "body"));
    }

    [Fact]
    public void WhatIsInsertedStandsInFrontOfWhatIsReplacedThere()
    {
        using var edits = new BodyEdits();
        edits.Replace(new ByteRange(1, 1), "B"u8);
        edits.Insert(1, "["u8);
        edits.Insert(2, "]"u8);
        Assert.Equal("a[B]c", Apply(edits, "abc"));
    }

    [Theory]
    [InlineData("""{"z":0}""", """{"a":1,"b":2,"z":0}""")]
    [InlineData("{ }", """{"a":1,"b":2 }""")]
    public void MembersShareTheirPlace(string body, string expected)
    {
        using var edits = new BodyEdits();
        var place = new ObjectPlace(1, IsEmpty: body == "{ }");
        edits.AddMember(place, "a"u8, "1"u8);
        edits.AddMember(place, "b"u8, "2"u8);
        Assert.Equal(expected, Apply(edits, body));
    }

#if !DEBUG
    [Theory]
    [InlineData(2, 4, 5, 2)]
    [InlineData(2, 4, 3, 0)]
    [InlineData(2, 4, 2, 4)]
    [InlineData(2, 0, 2, 0)]
    [InlineData(9, 2, 0, 0)]
    [InlineData(11, 0, 0, 0)]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(1, int.MaxValue, 0, 0)]
    public void EditsThatTouchOrLieOutsideAreRefused(int offset, int length, int otherOffset, int otherLength)
    {
        using var edits = new BodyEdits();
        edits.Replace(new ByteRange(offset, length), "new"u8);
        edits.Replace(new ByteRange(otherOffset, otherLength), "other"u8);
        Assert.False(edits.TryApply("0123456789"u8, out _));
    }

    [Fact]
    public void TwoMembersOfOneNameAreRefused()
    {
        using var edits = new BodyEdits();
        var place = new ObjectPlace(1, IsEmpty: false);
        edits.AddMember(place, "a"u8, "1"u8);
        edits.AddMember(place, "ab"u8, "1"u8);
        edits.AddMember(place, "a"u8, "2"u8);
        Assert.False(edits.TryApply("""{"z":0}"""u8, out _));
    }
#endif

    [Fact]
    public void EveryByteThatNoEditNamesStays()
    {
        var random = new Random(17);
        for (var round = 0; round < 2_000; round++)
        {
            var body = new byte[random.Next(1, 400)];
            random.NextBytes(body);
            var expected = new List<byte>();
            var planned = new List<(ByteRange Range, byte[] New)>();
            for (var at = 0; at < body.Length;)
            {
                var kept = random.Next(1, 40);
                expected.AddRange(body.AsSpan(at, Math.Min(kept, body.Length - at)));
                at += kept;
                if (at >= body.Length)
                    break;
                var range = new ByteRange(at, random.Next(Math.Min(9, body.Length - at + 1)));
                var bytes = new byte[random.Next(9)];
                random.NextBytes(bytes);
                planned.Add((range, bytes));
                expected.AddRange(bytes);
                at += range.Length;
            }
            var shuffled = planned.ToArray();
            random.Shuffle(shuffled);
            using var edits = new BodyEdits();
            foreach (var (range, bytes) in shuffled)
                edits.Replace(range, bytes);
            Assert.True(edits.TryApply(body, out var edited));
            using (edited)
                Assert.Equal(expected, edited.Bytes.ToArray());
        }
    }

    private static string Apply(BodyEdits edits, string body)
    {
        Assert.True(edits.TryApply(Encoding.UTF8.GetBytes(body), out var edited));
        using (edited)
            return Encoding.UTF8.GetString(edited.Bytes.Span);
    }
}
