package io.jitney.components.state.inmemory;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.KeptBytes;
import io.jitney.components.state.StateOptions;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values of one store. Writers hold the lock, so that a transaction is seen as a whole; readers
 * look without it and only wait when a write came between.
 */
final class Values {
  private final Map<String, StoredValue> byKey = new ConcurrentHashMap<>();
  private final TreeSet<StoredValue> byExpiry = new TreeSet<>();
  private final StampedLock lock = new StampedLock();
  private final KeptBytes.Share kept;
  private long sequence;

  Values(KeptBytes.Share kept) {
    this.kept = kept;
  }

  /** Runs {@code read} so that it sees all or nothing of any transaction. It may run twice. */
  <T> T read(Supplier<T> read) {
    long stamp = lock.tryOptimisticRead();
    if (stamp != 0) {
      T seen = read.get();
      if (lock.validate(stamp)) {
        return seen;
      }
    }
    stamp = lock.readLock();
    try {
      return read.get();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  void write(Runnable write) {
    long stamp = lock.writeLock();
    try {
      write.run();
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** For use inside {@link #read} or {@link #write}. */
  @Nullable StoredValue live(String key) {
    StoredValue value = byKey.get(key);
    return value == null || value.isExpired(null) ? null : value;
  }

  Collection<StoredValue> all() {
    return byKey.values();
  }

  /** Inside {@link #write}. */
  void checkEtag(String key, @Nullable String etag, StateOptions options) {
    if (etag == null || etag.isEmpty()) {
      if (options.firstWrite() && live(key) != null) {
        throw new ComponentException.EtagMismatch("item already exists and no etag was passed");
      }
      return;
    }
    StoredValue value = live(key);
    if (value == null) {
      throw new ComponentException.EtagMismatch("state not exist or expired for key=" + key);
    }
    if (!value.etag.equals(etag)) {
      throw new ComponentException.EtagMismatch(
          "state etag not match for key=" + key + ": current=" + value.etag + ", expect=" + etag);
    }
  }

  /** Inside {@link #write}. */
  void put(String key, byte[] data, long ttlSeconds) {
    StoredValue value =
        new StoredValue(key, data, ttlSeconds, System.currentTimeMillis(), sequence++);
    forget(byKey.put(key, value));
    if (value.expiresAt != StoredValue.NEVER) {
      byExpiry.add(value);
    }
  }

  /** Inside {@link #write}. */
  void remove(String key) {
    forget(byKey.remove(key));
  }

  private void forget(@Nullable StoredValue value) {
    if (value == null) {
      return;
    }
    kept.change(-value.bytes());
    if (value.expiresAt != StoredValue.NEVER) {
      byExpiry.remove(value);
    }
  }

  /**
   * Inside {@link #write}, before values are put: makes room for them.
   *
   * @throws ComponentException.Failed when there is none
   */
  void makeRoom(long bytes) {
    if (bytes > 0 && !kept.change(bytes)) {
      throw new ComponentException.Failed(
          "the in-memory state store is full: it may have "
              + kept.mostNow() / 1024
              + " KiB of the node's memory now");
    }
  }

  /**
   * Inside {@link #write}: drops what expired; answers when the next value expires, {@code NEVER}
   * when none does.
   */
  long evict() {
    long now = System.currentTimeMillis();
    while (!byExpiry.isEmpty() && byExpiry.first().isExpired(now)) {
      StoredValue expired = byExpiry.pollFirst();
      if (expired != null && byKey.remove(expired.key, expired)) {
        kept.change(-expired.bytes());
      }
    }
    return byExpiry.isEmpty() ? StoredValue.NEVER : byExpiry.first().expiresAt;
  }

  /** Inside {@link #write}. */
  void clear() {
    byKey.clear();
    byExpiry.clear();
    kept.clear();
  }
}
