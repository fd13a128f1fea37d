package io.jitney.daemon.resources;

import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.resources.Fields.WrongType;
import io.jitney.daemon.resources.HttpEndpointResource.Tls;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.resources.SubscriptionResource.Bulk;
import io.jitney.daemon.resources.SubscriptionResource.Route;
import io.jitney.daemon.resources.YamlTree.Mapping;
import io.jitney.daemon.resources.YamlTree.Scalar;
import io.jitney.daemon.resources.YamlTree.Sequence;
import io.jitney.tenancy.scope.AppScopes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes records of the documents of each kind. Pure functions. */
final class ResourceReader {
  private ResourceReader() {}

  static ComponentResource component(Fields document) throws WrongType {
    Fields spec = document.object("spec");
    return new ComponentResource(
        metadata(document),
        spec.text("type"),
        spec.text("version"),
        spec.flag("ignoreErrors", false),
        spec.text("initTimeout"),
        properties(spec, "metadata"));
  }

  static HttpEndpointResource httpEndpoint(Fields document) throws WrongType {
    Fields spec = document.object("spec");
    Tls tls = null;
    if (spec.has("clientTLS")) {
      Fields clientTls = spec.object("clientTLS");
      tls =
          new Tls(
              property("rootCA", clientTls.object("rootCA")),
              property("certificate", clientTls.object("certificate")),
              property("privateKey", clientTls.object("privateKey")),
              clientTls.text("renegotiation"));
    }
    return new HttpEndpointResource(
        metadata(document), spec.text("baseUrl"), properties(spec, "headers"), tls);
  }

  static ResiliencyResource resiliency(Fields document) throws WrongType {
    return ResiliencyReader.read(metadata(document), document.object("spec"));
  }

  /** The first generation: one path. */
  static SubscriptionResource subscriptionV1(Fields document) throws WrongType {
    Fields spec = document.object("spec");
    String route = spec.text("route");
    return subscription(
        document, spec, route.isEmpty() ? List.of() : List.of(new Route("", route)));
  }

  /** The second: rules and a default. */
  static SubscriptionResource subscriptionV2(Fields document) throws WrongType {
    Fields spec = document.object("spec");
    Fields routes = spec.object("routes");
    List<Route> list = new ArrayList<>();
    for (Fields rule : routes.objects("rules")) {
      list.add(new Route(rule.text("match"), rule.text("path")));
    }
    String otherwise = routes.text("default");
    if (!otherwise.isEmpty()) {
      list.add(new Route("", otherwise));
    }
    return subscription(document, spec, list);
  }

  private static SubscriptionResource subscription(Fields document, Fields spec, List<Route> routes)
      throws WrongType {
    Bulk bulk = null;
    if (spec.has("bulkSubscribe")) {
      Fields settings = spec.object("bulkSubscribe");
      bulk =
          new Bulk(
              settings.flag("enabled", false),
              settings.integer("maxMessagesCount"),
              settings.integer("maxAwaitDurationMs"));
    }
    return new SubscriptionResource(
        metadata(document),
        spec.text("pubsubname"),
        spec.text("topic"),
        spec.textMap("metadata"),
        routes,
        spec.text("deadLetterTopic"),
        bulk);
  }

  private static Resource.Metadata metadata(Fields document) throws WrongType {
    Fields metadata = document.object("metadata");
    return new Resource.Metadata(
        metadata.text("name"),
        metadata.text("namespace"),
        document.object("auth").text("secretStore"),
        AppScopes.of(document.texts("scopes")));
  }

  private static List<Property> properties(Fields spec, String list) throws WrongType {
    List<Property> properties = new ArrayList<>();
    for (Fields item : spec.objects(list)) {
      properties.add(property(item.text("name"), item));
    }
    return properties;
  }

  private static Property property(String name, Fields item) throws WrongType {
    SecretRef secret = null;
    if (item.has("secretKeyRef")) {
      Fields reference = item.object("secretKeyRef");
      String secretName = reference.text("name");
      secret = secretName.isEmpty() ? null : new SecretRef(secretName, reference.text("key"));
    }
    return new Property(name, text(item.get("value")), secret, item.text("envRef"));
  }

  /** A value of any kind as text; structures as JSON. */
  private static @Nullable String text(YamlTree value) {
    if (value instanceof Scalar scalar) {
      return scalar.value() == null ? null : scalarText(scalar.value());
    }
    String json = GoJson.write(out -> write(out, value)).toString();
    return json.stripTrailing();
  }

  private static String scalarText(Object value) {
    return value instanceof Double number ? Yaml11.json(number) : value.toString();
  }

  private static void write(GoJson.Out out, YamlTree value) throws IOException {
    switch (value) {
      case Mapping mapping -> {
        out.writeStartObject();
        for (Map.Entry<String, YamlTree> member : new TreeMap<>(mapping.members()).entrySet()) {
          out.writeFieldName(member.getKey());
          write(out, member.getValue());
        }
        out.writeEndObject();
      }
      case Sequence sequence -> {
        out.writeStartArray();
        for (YamlTree item : sequence.items()) {
          write(out, item);
        }
        out.writeEndArray();
      }
      case Scalar scalar -> {
        switch (scalar.value()) {
          case null -> out.writeNull();
          case String text -> out.writeString(text);
          case Boolean flag -> out.writeBoolean(flag);
          case Object number -> out.writeNumber(scalarText(number));
        }
      }
    }
  }
}
