package io.jitney.daemon.isolation;

import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantListener;
import io.jitney.tenancy.TenantRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The node's isolation of tenants: accounts, the gates of its loops, the gates that pools ask for,
 * and the watch over them. Switched off, nothing is measured and whatever is contended is served
 * first come, first served; quotas still hold.
 *
 * <p>Threads: any.
 */
public final class Isolation {
  private final boolean on;
  private final @Nullable HeavyWork heavy;
  private final LoopGates loops;
  private final Account node = Account.named("node");
  private final Map<Tenant, Account> accounts = new ConcurrentHashMap<>();
  private final Set<FairCallGate> gates = ConcurrentHashMap.newKeySet();
  private volatile Consumer<String> log = line -> {};
  private volatile @Nullable LoopWatch watch;

  /**
   * @param on whether tenants are kept apart
   * @param contexts one for each event loop
   */
  public Isolation(boolean on, List<Context> contexts) {
    this.on = on;
    List<LoopGate> made = new ArrayList<>();
    if (on) {
      for (Context context : contexts) {
        EventLoop loop = ((ContextInternal) context).nettyEventLoop();
        made.add(new LoopGate(loop, this::tooLong));
      }
    }
    this.heavy = on ? new HeavyWork(Math.max(1, Runtime.getRuntime().availableProcessors())) : null;
    this.loops = on ? new LoopGates(made, heavy) : LoopGates.NONE;
  }

  /** Whether tenants are kept apart. */
  public boolean isOn() {
    return on;
  }

  /** Where the node's operator reads about tenants that hold loops up; one line each. */
  public void logTo(Consumer<String> log) {
    this.log = log;
  }

  /** Begins to watch the loops and to divide the processor's time. */
  public <R> void start(TenantRegistry<R> registry) {
    registry.addListener(
        new TenantListener<>() {
          @Override
          public void closed(Instance<R> instance) {
            forgetIfGone(instance.tenant());
          }
        });
    if (on) {
      LoopWatch started = new LoopWatch(this, registry);
      watch = started;
      started.start();
    }
  }

  /** Brings the processor time that is charged to tenants up to now. Blocks for microseconds. */
  public void charge() {
    LoopWatch running = watch;
    if (running != null) {
      running.charge();
    }
  }

  /** What is nobody's in particular, control traffic included. */
  public Account node() {
    return node;
  }

  /** The account of a tenant. */
  public Account account(Tenant tenant) {
    return accounts.computeIfAbsent(tenant, made -> Account.of(made, loops));
  }

  private void forgetIfGone(Tenant tenant) {
    if (tenant.usage().instances() == 0) {
      accounts.remove(tenant); // another account is as good, should it come back
    }
  }

  /** Measures what a client's connection costs, and counts its bytes. On its loop. */
  public void measureClient(Channel channel) {
    measure(channel, true);
  }

  /** As {@link #measureClient(Channel)}, where it is known from the first byte whose it is. */
  public void measureClient(Channel channel, Account account) {
    measure(channel, true);
    ConnectionMeter meter = ConnectionMeter.of(channel);
    if (meter != null) {
      meter.account(account);
    }
  }

  /** Measures what a connection to an app costs. On its loop. */
  public void measureApp(Channel channel) {
    measure(channel, false);
  }

  private void measure(Channel channel, boolean counting) {
    LoopGate gate = loops.of(channel.eventLoop());
    if (gate != null) {
      ConnectionMeter.install(channel, gate, node, counting);
    }
  }

  List<LoopGate> loops() {
    return loops.all();
  }

  /** The gates that pools put in front of what is contended. */
  public CallGates gates() {
    return on ? this::gate : CallGates.OPEN;
  }

  private CallGate gate(CallGates.Settings settings) {
    FairCallGate gate = new FairCallGate(settings, node.share(), gates::remove);
    gates.add(gate);
    return gate;
  }

  /** Refuses calls that wait at gates in vain, and ends what was for a time only. */
  void expire() {
    gates.forEach(FairCallGate::expire);
    loops.expire();
    if (heavy != null) {
      heavy.expire();
    }
  }

  private void tooLong(Account account, long nanos) {
    if (account.mayLog(System.nanoTime())) {
      log.accept(
          "event loop held up for "
              + nanos / 1_000_000
              + " ms by "
              + account.name()
              + " (time slices over 1 ms so far: "
              + account.usage().snapshot().longSlices()
              + ")");
    }
  }

  void say(String line) {
    log.accept(line);
  }

  /** Ends the watch. */
  public void close() {
    LoopWatch running = watch;
    if (running != null) {
      running.close();
    }
    if (heavy != null) {
      heavy.close();
    }
  }
}
