package io.jitney.daemon.subscription;

import io.dapr.v1.DaprAppCallbackProtos.BulkSubscribeConfig;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicRoutes;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.resources.SubscriptionResource;
import io.jitney.daemon.resources.SubscriptionResource.Route;
import io.jitney.daemon.subscription.TopicSubscription.Bulk;
import io.jitney.daemon.subscription.TopicSubscription.Origin;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes subscriptions of what resources and apps say. Compiles rules: not for event loops, see
 * {@link CelRule}.
 */
final class SubscriptionReader {
  private static final String PLACE = "Go struct field SubscriptionJSON.";

  private SubscriptionReader() {}

  static TopicSubscription declared(SubscriptionResource resource) throws CelRule.Malformed {
    SubscriptionResource.Bulk bulk = resource.bulk();
    return new TopicSubscription(
        Origin.DECLARATIVE,
        resource.metadata().name(),
        resource.pubsubName(),
        resource.topic(),
        resource.options(),
        Routes.compile(resource.routes()),
        resource.deadLetterTopic(),
        bulk == null || !bulk.enabled()
            ? null
            : new Bulk(bulk.maxMessages(), bulk.maxAwaitMillis()));
  }

  /** What an HTTP app's answer holds, rules as text. */
  static List<Draft> drafts(Buffer json) throws GoJsonException {
    return GoDecoder.decode(json, SubscriptionReader::list);
  }

  /** What a gRPC app's answer holds, rules as text. */
  static List<Draft> drafts(ListTopicSubscriptionsResponse response) {
    return response.getSubscriptionsList().stream()
        .map(
            item ->
                new Draft(
                    item.getPubsubName(),
                    item.getTopic(),
                    item.getMetadataMap(),
                    item.getDeadLetterTopic(),
                    routes(item.getRoutes()),
                    item.hasBulkSubscribe() ? bulk(item.getBulkSubscribe()) : null))
        .toList();
  }

  /** An app that names no route gets its events without a path. */
  private static List<Route> routes(TopicRoutes given) {
    List<Route> routes = new ArrayList<>();
    given.getRulesList().forEach(rule -> routes.add(new Route(rule.getMatch(), rule.getPath())));
    if (!given.getDefault().isEmpty()) {
      routes.add(new Route("", given.getDefault()));
    }
    return routes.isEmpty() ? List.of(new Route("", "")) : routes;
  }

  private static @Nullable Bulk bulk(BulkSubscribeConfig given) {
    return given.getEnabled()
        ? new Bulk(given.getMaxMessagesCount(), given.getMaxAwaitDurationMs())
        : null;
  }

  /** A subscription whose rules were not compiled yet. */
  record Draft(
      String pubsub,
      String topic,
      Map<String, String> metadata,
      String deadLetterTopic,
      List<Route> routes,
      @Nullable Bulk bulk) {
    boolean hasRules() {
      return routes.stream().anyMatch(route -> !route.match().isBlank());
    }
  }

  /**
   * One of the app's subscriptions.
   *
   * @param warnings gets a line when it leads nowhere
   * @return null: it leads nowhere
   */
  static @Nullable TopicSubscription programmatic(Draft draft, Consumer<String> warnings)
      throws CelRule.Malformed {
    if (draft.routes.isEmpty()) {
      warnings.accept("topic " + draft.topic + " has an empty route, it is ignored");
      return null;
    }
    return new TopicSubscription(
        Origin.PROGRAMMATIC,
        "",
        draft.pubsub,
        draft.topic,
        draft.metadata,
        Routes.compile(draft.routes),
        draft.deadLetterTopic,
        draft.bulk);
  }

  private static List<Draft> list(GoDecoder in) throws IOException {
    List<Draft> drafts = new ArrayList<>();
    if (in.array("Go value", "[]runtimePubsub.SubscriptionJSON")) {
      while (in.nextElement()) {
        drafts.add(item(in));
      }
    }
    return drafts;
  }

  private static Draft item(GoDecoder in) throws IOException {
    String pubsub = "";
    String topic = "";
    String deadLetterTopic = "";
    String route = "";
    Map<String, String> metadata = Map.of();
    List<Route> routes = new ArrayList<>();
    boolean[] otherwise = {false};
    Bulk bulk = null;
    if (in.object("Go value", "runtimePubsub.SubscriptionJSON")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "pubsubname" -> pubsub = text(in, "pubsubname");
          case "topic" -> topic = text(in, "topic");
          case "deadlettertopic" -> deadLetterTopic = text(in, "deadLetterTopic");
          case "route" -> route = text(in, "route");
          case "metadata" -> metadata = in.strings(PLACE + "metadata", metadata);
          case "routes" -> otherwise[0] = routes(in, routes);
          case "bulksubscribe" -> bulk = bulk(in);
          default -> in.skip();
        }
      }
    }
    if (!otherwise[0] && !route.isEmpty()) {
      routes.add(new Route("", route));
    }
    return new Draft(pubsub, topic, metadata, deadLetterTopic, routes, bulk);
  }

  private static String text(GoDecoder in, String field) throws IOException {
    String text = in.string(PLACE + field);
    return text == null ? "" : text;
  }

  /** Whether there is a default among them; it comes last, wherever it stands. */
  private static boolean routes(GoDecoder in, List<Route> routes) throws IOException {
    String otherwise = "";
    if (in.object(PLACE + "routes", "runtimePubsub.RoutesJSON")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (name.equalsIgnoreCase("default")) {
          otherwise = text(in, "routes.default");
        } else if (!name.equalsIgnoreCase("rules")) {
          in.skip();
        } else if (in.array(PLACE + "routes.rules", "[]*runtimePubsub.RuleJSON")) {
          while (in.nextElement()) {
            rule(in, routes);
          }
        }
      }
    }
    if (otherwise.isEmpty()) {
      return false;
    }
    routes.add(new Route("", otherwise));
    return true;
  }

  private static void rule(GoDecoder in, List<Route> routes) throws IOException {
    String match = "";
    String path = "";
    if (in.object(PLACE + "routes.rules", "runtimePubsub.RuleJSON")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (name.equalsIgnoreCase("match")) {
          match = text(in, "routes.rules.match");
        } else if (name.equalsIgnoreCase("path")) {
          path = text(in, "routes.rules.path");
        } else {
          in.skip();
        }
      }
    }
    routes.add(new Route(match, path));
  }

  private static @Nullable Bulk bulk(GoDecoder in) throws IOException {
    boolean enabled = false;
    long messages = 0;
    long millis = 0;
    if (in.object(PLACE + "bulkSubscribe", "runtimePubsub.BulkSubscribeJSON")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "enabled" -> enabled = in.truth(PLACE + "bulkSubscribe.enabled");
          case "maxmessagescount" ->
              messages = in.integer(PLACE + "bulkSubscribe.maxMessagesCount");
          case "maxawaitdurationms" ->
              millis = in.integer(PLACE + "bulkSubscribe.maxAwaitDurationMs");
          default -> in.skip();
        }
      }
    }
    return enabled ? new Bulk((int) messages, millis) : null;
  }
}
