using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Gateway.Keys;

/// <summary>A key file or master key that can't be used. The message names the file and the fix.</summary>
public sealed class KeyRingException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// The keys of one data directory: <c>keys.json</c> holds ids and tags, and the master key, from which every secret
/// follows, comes from SLUICE_MASTER_KEY or from <c>master.key</c> beside it, readable by its owner alone. Several
/// processes may share the directory: a new key is seen by all at once, a revoked one within a second.
/// </summary>
public sealed class KeyRing
{
    private const string MasterKeyVariable = "SLUICE_MASTER_KEY";
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly string _lockFile;
    private readonly byte[] _masterKey;
    private readonly TimeProvider _time;
    private readonly Lock _reloading = new();
    private volatile Snapshot _snapshot;

    private KeyRing(string file, byte[] masterKey, TimeProvider time)
    {
        _file = file;
        _lockFile = file + ".lock";
        _masterKey = masterKey;
        _time = time;
        _snapshot = Load();
    }

    /// <summary>Opens the ring, making the directory and the master key where they don't exist yet.</summary>
    /// <exception cref="KeyRingException">The key file or the master key can't be read or written.</exception>
    public static KeyRing Open(string dataDirectory, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            return new KeyRing(Path.Combine(dataDirectory, "keys.json"), ReadMasterKey(dataDirectory), time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"The key ring in '{dataDirectory}' can't be opened: {e.Message} Give a directory that this user may read and write (--data).", e);
        }
    }

    public IReadOnlyCollection<SluiceKey> Keys => Current().Keys.Values;

    /// <summary>The key of that id, revoked or not, or null.</summary>
    public SluiceKey? Find(string keyId) =>
        Current().Keys.GetValueOrDefault(keyId) ?? Current(recheck: true).Keys.GetValueOrDefault(keyId);

    public string SecretOf(string keyId)
    {
        var snapshot = _snapshot;
        if (snapshot.Secrets.TryGetValue(keyId, out var secret))
            return secret;
        return KeyFormat.Secret(_masterKey, keyId);
    }

    /// <summary>Compares in constant time.</summary>
    public bool IsSecretOf(string keyId, string secret) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(SecretOf(keyId)), Encoding.UTF8.GetBytes(secret));

    /// <summary>The key whose token this is, revoked or not; null for a wrong secret and for what is no Sluice token.</summary>
    public SluiceKey? KeyOfToken(string token) =>
        KeyFormat.TryReadToken(token, out var keyId, out var secret) && Find(keyId) is { } key && IsSecretOf(keyId, secret) ? key : null;

    public IssuedKey Create(ImmutableSortedDictionary<string, string> tags, bool admin, KeyPermissions? permissions = null)
    {
        var key = new SluiceKey
        {
            KeyId = KeyFormat.NewKeyId(),
            CreatedAt = _time.GetUtcNow(),
            Tags = tags,
            Admin = admin,
            Models = permissions?.Models is { IsDefaultOrEmpty: false } models ? [.. models] : null,
            Operations = permissions?.Operations is { IsDefaultOrEmpty: false } operations ? [.. operations] : null,
            AllowStateful = permissions?.Stateful ?? false,
        };
        Change(keys => keys.Append(key));
        return new IssuedKey(key, KeyFormat.Secret(_masterKey, key.KeyId));
    }

    /// <summary>Revokes a key; false where there is none of that id. Revoking twice keeps the first time.</summary>
    public bool Revoke(string keyId)
    {
        if (Find(keyId) is null)
            return false;
        var now = _time.GetUtcNow();
        Change(keys => keys.Select(k => k.KeyId == keyId ? k with { RevokedAt = k.RevokedAt ?? now } : k));
        return true;
    }

    /// <param name="recheck">Look at the file whenever it was last looked at: a key that is not known may have been made just now.</param>
    private Snapshot Current(bool recheck = false)
    {
        var snapshot = _snapshot;
        if (!recheck && _time.GetElapsedTime(snapshot.CheckedAt) < RecheckInterval)
            return snapshot;
        lock (_reloading)
        {
            if (!ReferenceEquals(snapshot, _snapshot))
                return _snapshot;
            try
            {
                return _snapshot = File.GetLastWriteTimeUtc(_file) == snapshot.FileTime
                    ? snapshot with { CheckedAt = _time.GetTimestamp() }
                    : Load();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyRingException)
            {
                // A file that is being replaced or was damaged by hand: the keys known so far go on working, and none is lost.
                return _snapshot = snapshot with { CheckedAt = _time.GetTimestamp() };
            }
        }
    }

    private Snapshot Load()
    {
        if (!File.Exists(_file))
            return new Snapshot(FrozenDictionary<string, SluiceKey>.Empty, FrozenDictionary<string, string>.Empty, File.GetLastWriteTimeUtc(_file), _time.GetTimestamp());
        var fileTime = File.GetLastWriteTimeUtc(_file);
        var keys = ReadFile().ToFrozenDictionary(k => k.KeyId, StringComparer.Ordinal);
        var secrets = keys.Keys.ToFrozenDictionary(id => id, id => KeyFormat.Secret(_masterKey, id), StringComparer.Ordinal);
        return new Snapshot(keys, secrets, fileTime, _time.GetTimestamp());
    }

    private SluiceKey[] ReadFile()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_file), KeyFileJson.Default.SluiceKeyArray) ?? [];
        }
        catch (JsonException e)
        {
            throw new KeyRingException($"'{_file}' is not a valid key file (line {e.LineNumber + 1}): restore it from a backup, or remove it to begin with no keys.", e);
        }
    }

    /// <summary>Reads, changes and replaces the file while no other process does.</summary>
    private void Change(Func<IEnumerable<SluiceKey>, IEnumerable<SluiceKey>> change)
    {
        lock (_reloading)
        {
            using var exclusive = LockFile();
            var keys = File.Exists(_file) ? ReadFile() : [];
            DurableFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(change(keys).ToArray(), KeyFileJson.Default.SluiceKeyArray));
            _snapshot = Load();
        }
    }

    private FileStream LockFile()
    {
        // Other holders keep it for a millisecond; an advisory wait without a sleep is a spin over the open call.
        var spin = new SpinWait();
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (_time.GetElapsedTime(started) < TimeSpan.FromSeconds(5))
            {
                spin.SpinOnce();
            }
        }
    }

    private static byte[] ReadMasterKey(string dataDirectory)
    {
        if (Environment.GetEnvironmentVariable(MasterKeyVariable) is { Length: > 0 } configured)
            return ParseMasterKey(configured, MasterKeyVariable);
        var file = Path.Combine(dataDirectory, "master.key");
        if (!File.Exists(file))
        {
            var created = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            try
            {
                using var writer = new StreamWriter(file, options);
                writer.Write(created);
            }
            catch (IOException) when (File.Exists(file))
            {
                // Another process made it first; theirs counts.
            }
        }
        return ParseMasterKey(File.ReadAllText(file), file);
    }

    private static byte[] ParseMasterKey(string text, string where)
    {
        var bytes = new byte[64];
        if (Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length is >= 32)
            return bytes[..length];
        throw new KeyRingException($"The master key in {where} must be 32 to 64 bytes in base64 (make one with: openssl rand -base64 32).");
    }

    private sealed record Snapshot(
        FrozenDictionary<string, SluiceKey> Keys, FrozenDictionary<string, string> Secrets, DateTime FileTime, long CheckedAt);
}
