package io.jitney.daemon.adversary;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Counts the attempts of a whole run of tests and prints the sum when it ends. */
final class Tally implements AutoCloseable {
  private final Map<String, AtomicInteger> attempts = new ConcurrentSkipListMap<>();
  private final AtomicInteger controls = new AtomicInteger();
  private final AtomicInteger leaks = new AtomicInteger();
  private volatile String theme = "";

  /** The one of this run. */
  static Tally of(ExtensionContext context) {
    Tally tally =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(Tally.class))
            .computeIfAbsent(Tally.class, first -> new Tally(), Tally.class);
    tally.theme = context.getRequiredTestClass().getSimpleName().replaceAll("IT$", "");
    return tally;
  }

  void count(Attempt attempt) {
    if (attempt.control()) {
      controls.incrementAndGet();
    } else {
      attempts.computeIfAbsent(theme, first -> new AtomicInteger()).incrementAndGet();
    }
  }

  void leaked(Attempt attempt) {
    leaks.incrementAndGet();
  }

  @Override
  public void close() {
    int sum = attempts.values().stream().mapToInt(AtomicInteger::get).sum();
    System.out.println("adversary: " + attempts + ", " + controls + " controls");
    System.out.println("adversary: " + sum + " attempts, " + leaks + " leaks");
  }
}
