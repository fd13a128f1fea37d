package io.jitney.components.state.redis;

import io.jitney.components.redis.RedisCall;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateOperation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a transaction. Few operations go as daprd sends them, a script for each. Many go
 * in groups, with one script for a group: the server is held up for a shorter time, and neither
 * side has a command and an answer for every operation. What is written is the same: each operation
 * succeeds or fails by itself, and the first failure is reported.
 *
 * <p>daprd neither checks options nor marks first writes in transactions. For one use.
 */
final class TransactionBody {
  /** From so many operations on in groups. */
  static final int MANY = 16;

  /** Operations of a group; written in some 50 microseconds. */
  static final int GROUP = 256;

  /** What {@link RedisScript#GROUP} is told about an operation besides its key. */
  private static final int WORDS_PER_OPERATION = 3;

  private static final String DELETE = "DEL";

  private final RedisWrites writes;
  private final boolean byName;
  private final EnumSet<RedisScript> sent = EnumSet.noneOf(RedisScript.class);
  private final List<RedisCall<?>> calls = new ArrayList<>();

  // The group that is being filled.
  private final List<String> keys = new ArrayList<>();
  private final List<Object> words = new ArrayList<>();

  /**
   * @param byName scripts are sent once, and called by name from then on. The first time always
   *     takes the text: a script that is not loaded yet would fail inside MULTI
   */
  TransactionBody(RedisWrites writes, boolean byName) {
    this.writes = writes;
    this.byName = byName;
  }

  /**
   * @param grouped whether operations may share a script; not in a cluster, where a script's keys
   *     all must be in one slot
   */
  List<RedisCall<?>> of(List<StateOperation> operations, boolean grouped) {
    boolean many = grouped && operations.size() >= MANY;
    for (StateOperation operation : operations) {
      switch (operation) {
        case StateOperation.Upsert(SetRequest request) -> {
          RedisWrites.Set set = writes.setInTransaction(request);
          if (many && set.script() == RedisScript.SET) {
            inGroup(set.key(), set.etag(), set.data(), follows(set.ttl()));
          } else {
            alone(set.script(), set::call);
            RedisCall<?> expiry = RedisWrites.expiry(set.key(), set.ttl());
            if (expiry != null) {
              calls.add(expiry);
            }
          }
        }
        case StateOperation.Delete(DeleteRequest request) -> {
          RedisWrites.Delete delete = RedisWrites.deleteInTransaction(request);
          if (many && delete.script() == RedisScript.DELETE) {
            inGroup(delete.key(), delete.etag(), "", DELETE);
          } else {
            alone(delete.script(), delete::call);
          }
        }
      }
    }
    endGroup();
    return calls;
  }

  /** As {@link RedisWrites#expiry}: the script's word for it. */
  private static String follows(@Nullable Long ttl) {
    return ttl == null ? "" : ttl > 0 ? Long.toString(ttl) : "0";
  }

  private interface Script {
    RedisCall<?> call(boolean byName);
  }

  private void alone(RedisScript script, Script operation) {
    endGroup();
    calls.add(operation.call(!sent.add(script) && byName));
  }

  private void inGroup(String key, String etag, Object data, String follows) {
    keys.add(key);
    words.add(etag);
    words.add(data);
    words.add(follows);
    if (keys.size() == GROUP) {
      endGroup();
    }
  }

  private void endGroup() {
    if (keys.isEmpty()) {
      return;
    }
    boolean named = !sent.add(RedisScript.GROUP) && byName;
    List<Object> command = new ArrayList<>(3 + (1 + WORDS_PER_OPERATION) * keys.size());
    command.add(named ? "EVALSHA" : "EVAL");
    command.add(named ? RedisScript.GROUP.sha1() : RedisScript.GROUP.text());
    command.add(Integer.toString(keys.size()));
    command.addAll(keys);
    command.addAll(words);
    calls.add(RedisCall.writes(RedisWrites::integer, keys.size(), 3, command.toArray()));
    keys.clear();
    words.clear();
  }
}
