package io.jitney.components.pool;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Reference-counted physical clients of the node. The first borrower of a key creates the client,
 * the last one to release it closes it. Thread-safe; the creator runs under the lock, so it only
 * builds the object and connects later.
 */
public final class SharedPools {
  /** A physical client: something that can be closed. */
  public interface Client {
    Future<Void> close();

    /** Physical connections open now; for the node's metrics. */
    int connections();
  }

  /** A borrowed client. {@link #release()} is idempotent. */
  public interface Lease<C extends Client> {
    C client();

    Future<Void> release();
  }

  private static final class Entry {
    final Client client;
    int borrowers;

    Entry(Client client) {
      this.client = client;
    }
  }

  private final Map<PoolKey, Entry> entries = new HashMap<>();

  /**
   * Borrows the client of {@code key}; {@code create} is called when there is none and must not
   * block.
   */
  public <C extends Client> Lease<C> borrow(PoolKey key, Class<C> type, Supplier<C> create) {
    synchronized (entries) {
      Entry entry = entries.get(key);
      if (entry == null) {
        entry = new Entry(create.get()); // may borrow what it is built on
        entries.put(key, entry);
      }
      entry.borrowers++;
      return new Borrowed<>(key, entry, type.cast(entry.client));
    }
  }

  /** Physical clients open now, by key type. */
  public Map<String, Integer> clientsByType() {
    return count(client -> 1);
  }

  /** Physical connections open now, by key type. */
  public Map<String, Integer> connectionsByType() {
    return count(Client::connections);
  }

  private Map<String, Integer> count(java.util.function.ToIntFunction<Client> of) {
    Map<String, Integer> counts = new HashMap<>();
    synchronized (entries) {
      entries.forEach(
          (key, entry) -> counts.merge(key.type(), of.applyAsInt(entry.client), Integer::sum));
    }
    return counts;
  }

  private final class Borrowed<C extends Client> implements Lease<C> {
    private final PoolKey key;
    private final Entry entry;
    private final C client;
    private final AtomicBoolean released = new AtomicBoolean();

    Borrowed(PoolKey key, Entry entry, C client) {
      this.key = key;
      this.entry = entry;
      this.client = client;
    }

    @Override
    public C client() {
      return client;
    }

    @Override
    public Future<Void> release() {
      if (!released.compareAndSet(false, true)) {
        return Future.succeededFuture();
      }
      synchronized (entries) {
        if (--entry.borrowers > 0) {
          return Future.succeededFuture();
        }
        entries.remove(key, entry);
      }
      return client.close();
    }
  }
}
