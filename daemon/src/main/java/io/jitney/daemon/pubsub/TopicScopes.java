package io.jitney.daemon.pubsub;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which topics of a component an app may publish and subscribe to: {@code allowedTopics}, {@code
 * protectedTopics}, {@code publishingScopes} and {@code subscriptionScopes} of its metadata, names
 * in any case. Topics are compared exactly. Immutable.
 *
 * @param allowed nothing but these, for anybody; empty: no such list
 * @param guarded only for apps that a scope names with them
 * @param publish scopes of this app; empty: no scope names it
 * @param subscribe as {@code publish}
 */
public record TopicScopes(
    Set<String> allowed, Set<String> guarded, Set<String> publish, Set<String> subscribe) {
  /** Everything is allowed. */
  public static final TopicScopes OPEN = new TopicScopes(Set.of(), Set.of(), Set.of(), Set.of());

  public TopicScopes {
    allowed = Set.copyOf(allowed);
    guarded = Set.copyOf(guarded);
    publish = Set.copyOf(publish);
    subscribe = Set.copyOf(subscribe);
  }

  /**
   * Reads a component's metadata.
   *
   * @param appId the app asked about
   */
  public static TopicScopes of(Map<String, String> metadata, String appId) {
    Set<String> allowed = new HashSet<>();
    Set<String> guarded = new HashSet<>();
    Set<String> publish = new HashSet<>();
    Set<String> subscribe = new HashSet<>();
    metadata.forEach(
        (name, value) -> {
          String text = value.replace(" ", "");
          if (name.equalsIgnoreCase("allowedTopics")) {
            addTopics(text, allowed);
          } else if (name.equalsIgnoreCase("protectedTopics")) {
            addTopics(text, guarded);
          } else if (name.equalsIgnoreCase("publishingScopes")) {
            addScopes(text, appId, publish);
          } else if (name.equalsIgnoreCase("subscriptionScopes")) {
            addScopes(text, appId, subscribe);
          }
        });
    return allowed.isEmpty() && guarded.isEmpty() && publish.isEmpty() && subscribe.isEmpty()
        ? OPEN
        : new TopicScopes(allowed, guarded, publish, subscribe);
  }

  /** An empty list is a list of one topic without a name: as with daprd, it denies. */
  private static void addTopics(String list, Set<String> topics) {
    topics.addAll(List.of(list.split(",", -1)));
  }

  private static void addScopes(String scopes, String appId, Set<String> topics) {
    for (String scope : scopes.split(";", -1)) {
      String[] parts = scope.split("=", -1); // what follows a second = is ignored
      if (parts.length >= 2 && parts[0].equals(appId)) {
        addTopics(parts[1], topics);
      }
    }
  }

  /** Whether the app may publish to a topic, without the broker's prefix. */
  public boolean mayPublish(String topic) {
    return this == OPEN || may(topic, publish);
  }

  /** Whether the app may subscribe to a topic or pattern, without the broker's prefix. */
  public boolean maySubscribe(String topic) {
    return this == OPEN || may(topic, subscribe);
  }

  private boolean may(String topic, Set<String> ofApp) {
    if (!allowed.isEmpty() && !allowed.contains(topic)) {
      return false;
    }
    return ofApp.isEmpty() ? !guarded.contains(topic) : ofApp.contains(topic);
  }
}
