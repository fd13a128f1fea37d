package io.jitney.daemon.subscription;

import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.resources.SubscriptionResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * What an instance's Subscription resources came to, for reloads to compare with. Waits: for the
 * virtual threads that load resources, one after the other.
 */
public final class DeclaredSubscriptions {
  private record Known(SubscriptionResource resource, TopicSubscription made) {}

  private final AppSubscriptions subscriptions;
  private Map<String, Known> known = new LinkedHashMap<>();

  public DeclaredSubscriptions(AppSubscriptions subscriptions) {
    this.subscriptions = subscriptions;
  }

  /**
   * Takes the resources of an instance that opens.
   *
   * @throws StartupFailure when a rule does not compile
   */
  public void load(List<SubscriptionResource> resources) throws StartupFailure {
    known = read(resources);
    subscriptions.declare(made(known));
  }

  /**
   * Makes what runs equal to the resources.
   *
   * @throws StartupFailure when a rule does not compile; nothing has changed then
   */
  public void reload(List<SubscriptionResource> resources)
      throws StartupFailure, InterruptedException {
    Map<String, Known> now = read(resources);
    List<String> gone = known.keySet().stream().filter(name -> !now.containsKey(name)).toList();
    List<TopicSubscription> changed = new ArrayList<>();
    now.forEach(
        (name, one) -> {
          Known before = known.get(name);
          if (before == null || before.made != one.made) {
            changed.add(one.made);
          }
        });
    boolean same =
        gone.isEmpty()
            && changed.isEmpty()
            && List.copyOf(known.keySet()).equals(List.copyOf(now.keySet()));
    known = now;
    if (same) {
      return;
    }
    try {
      subscriptions
          .redeclare(gone, changed, made(now))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static List<TopicSubscription> made(Map<String, Known> of) {
    return of.values().stream().map(Known::made).toList();
  }

  /** What has not changed stays the object it is. */
  private Map<String, Known> read(List<SubscriptionResource> resources) throws StartupFailure {
    Map<String, Known> read = new LinkedHashMap<>();
    for (SubscriptionResource resource : resources) {
      String name = resource.metadata().name();
      Known before = known.get(name);
      if (before != null && before.resource.sameAs(resource)) {
        read.put(name, before);
        continue;
      }
      try {
        read.put(name, new Known(resource, SubscriptionReader.declared(resource)));
      } catch (CelRule.Malformed rule) {
        throw new StartupFailure(
            1, "failed to load subscription " + resource.logName() + ": " + rule.getMessage());
      }
    }
    return read;
  }
}
