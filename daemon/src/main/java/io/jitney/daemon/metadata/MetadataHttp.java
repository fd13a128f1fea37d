package io.jitney.daemon.metadata;

import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.http.UniversalBody;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.jitney.daemon.subscription.Routes;
import io.jitney.daemon.subscription.TopicSubscription;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP front of the metadata and shutdown APIs; the JSON has the members and the order of daprd's.
 */
public final class MetadataHttp {
  private final MetadataApi api;

  public MetadataHttp(MetadataApi api) {
    this.api = api;
  }

  public List<HttpRoute> routes() {
    return List.of(
        new HttpRoute(
            HttpRoute.GET, "v1.0", "metadata", "metadata", "GetMetadata", true, this::get),
        new HttpRoute(
            HttpRoute.PUT, "v1.0", "metadata/{key}", "metadata", "PutMetadata", true, this::put),
        HttpRoute.of(HttpRoute.POST, "v1.0", "shutdown", "shutdown", "Shutdown", this::shutdown));
  }

  private Future<Void> get(HttpCall call) {
    return UniversalBody.read(call)
        .compose(body -> call.json(200, encode(api.get(call.instance()))));
  }

  private Future<Void> put(HttpCall call) {
    return call.body()
        .compose(
            body -> {
              api.set(call.instance(), call.parameter("key"), body.toString());
              return call.noContent();
            });
  }

  private Future<Void> shutdown(HttpCall call) {
    String force = call.request().getHeader("dapr-force-shutdown");
    return call.noContent()
        .onComplete(sent -> api.shutdown(call.instance(), force == null ? "" : force));
  }

  private static Buffer encode(InstanceMetadata metadata) {
    return GoJson.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", metadata.id());
          json.writeStringField("runtimeVersion", MetadataApi.RUNTIME_VERSION);
          if (!metadata.features().isEmpty()) {
            strings(json, "enabledFeatures", metadata.features());
          }
          if (!metadata.components().isEmpty()) {
            json.writeArrayFieldStart("components");
            for (ComponentSet.Loaded component : metadata.components()) {
              component(json, component);
            }
            json.writeEndArray();
          }
          json.writeObjectFieldStart("extended");
          for (Map.Entry<String, String> entry : metadata.extended().entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
          }
          json.writeEndObject();
          if (!metadata.subscriptions().isEmpty()) {
            json.writeArrayFieldStart("subscriptions");
            for (TopicSubscription subscription : metadata.subscriptions()) {
              subscription(json, subscription);
            }
            json.writeEndArray();
          }
          if (!metadata.httpEndpoints().isEmpty()) {
            names(json, "httpEndpoints", metadata.httpEndpoints());
          }
          app(json, metadata.app());
          json.writeObjectFieldStart("actorRuntime");
          json.writeStringField("runtimeStatus", metadata.appStatus());
          json.writeBooleanField("hostReady", false);
          if (!metadata.placement().isEmpty()) {
            json.writeStringField("placement", metadata.placement());
          }
          json.writeEndObject();
          if (!metadata.resiliencies().isEmpty()) {
            names(json, "resiliencies", metadata.resiliencies());
          }
          json.writeEndObject();
        });
  }

  private static void component(GoJson.Out json, ComponentSet.Loaded component) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", component.name());
    json.writeStringField("type", component.type());
    if (!component.version().isEmpty()) {
      json.writeStringField("version", component.version());
    }
    if (!component.capabilities().isEmpty()) {
      strings(json, "capabilities", component.capabilities());
    }
    json.writeEndObject();
  }

  private static void subscription(GoJson.Out json, TopicSubscription subscription)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("pubsubname", subscription.pubsub());
    json.writeStringField("topic", subscription.topic());
    if (!subscription.metadata().isEmpty()) {
      json.writeObjectFieldStart("metadata");
      for (Map.Entry<String, String> entry : subscription.metadata().entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
    }
    if (!subscription.routes().rules().isEmpty()) {
      json.writeArrayFieldStart("rules");
      for (Routes.Rule rule : subscription.routes().rules()) {
        json.writeStartObject();
        if (!rule.match().isEmpty()) {
          json.writeStringField("match", rule.match());
        }
        if (!rule.path().isEmpty()) {
          json.writeStringField("path", rule.path());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeStringField("deadLetterTopic", subscription.deadLetterTopic());
    json.writeStringField("type", subscription.origin().name());
    json.writeEndObject();
  }

  private static void app(GoJson.Out json, @Nullable AppEndpoint app) throws IOException {
    json.writeObjectFieldStart("appConnectionProperties");
    if (app == null) {
      json.writeStringField("protocol", "http");
      json.writeStringField("channelAddress", "127.0.0.1");
      json.writeEndObject();
      return;
    }
    json.writeNumberField("port", app.port());
    json.writeStringField("protocol", app.protocol().word());
    json.writeStringField("channelAddress", app.host());
    if (app.maxConcurrency() > 0) {
      json.writeNumberField("maxConcurrency", app.maxConcurrency());
    }
    AppHealthSettings health = app.health();
    if (health != null) {
      json.writeObjectFieldStart("health");
      if (!app.protocol().grpc()) {
        json.writeStringField("healthCheckPath", health.path());
      }
      json.writeStringField("healthProbeInterval", GoJson.duration(health.intervalMillis()));
      json.writeStringField("healthProbeTimeout", GoJson.duration(health.timeoutMillis()));
      json.writeNumberField("healthThreshold", health.threshold());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void strings(GoJson.Out json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static void names(GoJson.Out json, String field, List<String> names) throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names) {
      json.writeStartObject();
      json.writeStringField("name", name);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
