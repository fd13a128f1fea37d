package io.jitney.components.state.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The scripts that check an ETag and write in one step. KEYS[1] is the key; ARGV[1] the expected
 * version, {@code 0} for none. What they read and write is fixed by compatibility: fields {@code
 * data}, {@code version}, {@code first-write}.
 */
enum RedisScript {
  /**
   * ARGV[2] is the value; ARGV[3] is {@code 0} for a first-write, which marks the key until it is
   * deleted.
   */
  SET(
      """
      local version = redis.pcall('HGET', KEYS[1], 'version')
      if type(version) == 'table' then
        redis.call('DEL', KEYS[1])
        version = false
      end
      local marked = redis.pcall('HGET', KEYS[1], 'first-write')
      if not version or version == '' or version == ARGV[1] or (not marked and ARGV[1] == '0') then
        redis.call('HSET', KEYS[1], 'data', ARGV[2])
        if ARGV[3] == '0' then
          redis.call('HSET', KEYS[1], 'first-write', 0)
        end
        return redis.call('HINCRBY', KEYS[1], 'version', 1)
      end
      return error('failed to set key ' .. KEYS[1])
      """),

  DELETE(
      """
      local version = redis.pcall('HGET', KEYS[1], 'version')
      if not version or type(version) == 'table' or version == '' or version == ARGV[1] or ARGV[1] == '0' then
        return redis.call('DEL', KEYS[1])
      end
      return error('failed to delete ' .. KEYS[1])
      """),

  /**
   * Many operations of a transaction, each of which succeeds or fails by itself; fails with the
   * first failure. KEYS are their keys; ARGV has three words for each: the expected version; the
   * value; and {@code DEL} for a {@link #DELETE}, else what follows a {@link #SET}: nothing, the
   * seconds until it expires, or {@code 0} for never.
   */
  GROUP(
      """
      local call, try = redis.call, redis.pcall
      local function set(key, expected, value)
        local version = try('HGET', key, 'version')
        if type(version) == 'table' then
          call('DEL', key)
          version = false
        end
        if not version or version == '' or version == expected
            or (expected == '0' and not call('HGET', key, 'first-write')) then
          call('HSET', key, 'data', value)
          call('HINCRBY', key, 'version', 1)
          return
        end
        error('failed to set key ' .. key)
      end
      local function delete(key, expected)
        local version = try('HGET', key, 'version')
        if not version or type(version) == 'table' or version == '' or version == expected or expected == '0' then
          call('DEL', key)
          return
        end
        error('failed to delete ' .. key)
      end
      local failure
      local function note(fine, why)
        if not fine and failure == nil then
          failure = why
        end
      end
      for i = 1, #KEYS do
        local key, expected, follows = KEYS[i], ARGV[3 * i - 2], ARGV[3 * i]
        if follows == 'DEL' then
          note(pcall(delete, key, expected))
        else
          note(pcall(set, key, expected, ARGV[3 * i - 1]))
          if follows == '0' then
            note(pcall(call, 'PERSIST', key))
          elseif follows ~= '' then
            note(pcall(call, 'EXPIRE', key, follows))
          end
        end
      end
      if failure ~= nil then
        return error(failure, 0)
      end
      return #KEYS
      """),

  /** Like {@link #SET} on a RedisJSON document; ARGV[2] is the document without its version. */
  SET_JSON(
      """
      local version = redis.pcall('JSON.GET', KEYS[1], '.version')
      if type(version) == 'table' then
        redis.call('JSON.DEL', KEYS[1])
        version = false
      end
      if not version or version == '' then
        version = ARGV[1]
      end
      local marked = redis.pcall('JSON.GET', KEYS[1], '.first-write')
      if version == ARGV[1] or ((not marked or type(marked) == 'table') and ARGV[1] == '0') then
        redis.call('JSON.SET', KEYS[1], '$', ARGV[2])
        if ARGV[3] == '0' then
          redis.call('JSON.SET', KEYS[1], '.first-write', 0)
        end
        return redis.call('JSON.SET', KEYS[1], '.version', (version + 1))
      end
      return error('failed to set key ' .. KEYS[1])
      """),

  DELETE_JSON(
      """
      local version = redis.pcall('JSON.GET', KEYS[1], '.version')
      if not version or type(version) == 'table' or version == '' or version == ARGV[1] or ARGV[1] == '0' then
        return redis.call('JSON.DEL', KEYS[1])
      end
      return error('failed to delete ' .. KEYS[1])
      """);

  private final String text;
  private final String sha1;

  RedisScript(String text) {
    this.text = text;
    this.sha1 = sha1(text);
  }

  String text() {
    return text;
  }

  String sha1() {
    return sha1;
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest =
          MessageDigest.getInstance("SHA-1"); // Redis names scripts so; nothing rests on it
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
