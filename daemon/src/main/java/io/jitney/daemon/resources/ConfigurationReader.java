package io.jitney.daemon.resources;

import io.jitney.daemon.resources.Fields.WrongType;
import io.jitney.daemon.telemetry.Tracing;
import io.jitney.tenancy.scope.SecretScope;
import io.jitney.tenancy.scope.SecretScopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Configuration} of a document (spec 05 section 2.3). Pure functions. */
final class ConfigurationReader {
  /** A Configuration that daprd would not start with. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(@Nullable String message) {
      super(message, null, false, false);
    }
  }

  /** Fields without effect in this version, as paths under {@code spec}. */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "tracing.stdout",
          "tracing.zipkin",
          "tracing.otel",
          "metric.rules",
          "metrics.rules",
          "nameResolution",
          "httpPipeline",
          "appHttpPipeline",
          "wasm",
          "workflow");

  private final Fields spec;

  private ConfigurationReader(Fields spec) {
    this.spec = spec;
  }

  static Configuration read(Fields document) throws WrongType, Invalid {
    return new ConfigurationReader(document.object("spec")).configuration();
  }

  /** Which of the fields that are set have no effect in this version. */
  static List<String> withoutEffect(Fields document) throws WrongType {
    Fields spec = document.object("spec");
    List<String> set = new ArrayList<>();
    for (String path : WITHOUT_EFFECT) {
      int dot = path.indexOf('.');
      boolean there =
          dot < 0
              ? spec.has(path)
              : spec.object(path.substring(0, dot)).has(path.substring(dot + 1));
      if (there) {
        set.add("spec." + path);
      }
    }
    return set;
  }

  private Configuration configuration() throws WrongType, Invalid {
    Fields api = spec.object("api");
    return new Configuration(
        ApiAccessLists.of(rules(api, "allowed"), rules(api, "denied")),
        accessControl(),
        secretScopes(),
        tracing(),
        apiLogging(),
        features(),
        metrics(),
        spec.object("components").texts("deny"),
        nameResolution(),
        pipeline("httpPipeline"),
        pipeline("appHttpPipeline"));
  }

  private static List<ApiAccessLists.Rule> rules(Fields api, String list) throws WrongType {
    List<ApiAccessLists.Rule> rules = new ArrayList<>();
    for (Fields rule : api.objects(list)) {
      rules.add(
          new ApiAccessLists.Rule(rule.text("name"), rule.text("version"), rule.text("protocol")));
    }
    return rules;
  }

  private @Nullable AccessControl accessControl() throws WrongType, Invalid {
    if (!spec.has("accessControl")) {
      return null;
    }
    Fields control = spec.object("accessControl");
    List<AccessControl.Policy> policies = new ArrayList<>();
    for (Fields policy : control.objects("policies")) {
      policies.add(
          new AccessControl.Policy(
              policy.text("appId"),
              policy.text("defaultAction"),
              policy.text("trustDomain"),
              policy.text("namespace"),
              operations(policy)));
    }
    String action =
        control.has("defaultAction") ? control.text("defaultAction") : AccessControl.ALLOW;
    String trustDomain = control.text("trustDomain");
    AccessControl read =
        new AccessControl(action, trustDomain.isEmpty() ? "public" : trustDomain, policies);
    if (!read.problem().isEmpty()) {
      throw new Invalid(read.problem());
    }
    return read;
  }

  private static List<AccessControl.Operation> operations(Fields policy) throws WrongType {
    List<AccessControl.Operation> operations = new ArrayList<>();
    for (Fields operation : policy.objects("operations")) {
      operations.add(
          new AccessControl.Operation(
              operation.text("name"), operation.texts("httpVerb"), operation.text("action")));
    }
    return operations;
  }

  private SecretScopes secretScopes() throws WrongType, Invalid {
    List<SecretScope> scopes = new ArrayList<>();
    for (Fields scope : spec.object("secrets").objects("scopes")) {
      scopes.add(
          new SecretScope(
              scope.text("storeName"),
              scope.text("defaultAccess"),
              Set.copyOf(scope.texts("allowedSecrets")),
              Set.copyOf(scope.texts("deniedSecrets"))));
    }
    List<String> problems = SecretScopes.problems(scopes);
    if (!problems.isEmpty()) {
      throw new Invalid(problems.getFirst());
    }
    return SecretScopes.of(scopes);
  }

  private Tracing tracing() throws WrongType, Invalid {
    Fields tracing = spec.object("tracing");
    Fields otel = tracing.object("otel");
    String protocol = otel.text("protocol");
    if (!protocol.isEmpty() && !protocol.equals("http") && !protocol.equals("grpc")) {
      throw new Invalid("invalid protocol " + protocol + " provided for Otel endpoint");
    }
    boolean exporter =
        tracing.flag("stdout", false)
            || !tracing.object("zipkin").text("endpointAddress").isEmpty()
            || !otel.text("endpointAddress").isEmpty() && !protocol.isEmpty();
    return Tracing.of(tracing.text("samplingRate"), exporter);
  }

  private Configuration.ApiLogging apiLogging() throws WrongType {
    Fields logging = spec.object("logging").object("apiLogging");
    return new Configuration.ApiLogging(
        logging.flag("enabled", false),
        logging.flag("obfuscateURLs", false),
        logging.flag("omitHealthChecks", false));
  }

  private List<String> features() throws WrongType {
    Map<String, Boolean> states = new LinkedHashMap<>();
    Configuration.DEFAULT_FEATURES.forEach(feature -> states.put(feature, true));
    for (Fields feature : spec.objects("features")) {
      states.put(feature.text("name"), feature.flag("enabled", false));
    }
    return states.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  /** {@code metrics} overrides {@code metric} field by field. */
  private Configuration.Metrics metrics() throws WrongType {
    Configuration.Metrics metrics = Configuration.Metrics.DEFAULT;
    for (String name : List.of("metric", "metrics")) {
      Fields fields = spec.object(name);
      Fields http = fields.object("http");
      metrics =
          new Configuration.Metrics(
              fields.flag("enabled", metrics.enabled()),
              fields.flag("recordErrorCodes", metrics.recordErrorCodes()),
              http.flag("increasedCardinality", metrics.increasedCardinality()),
              http.flag("excludeVerbs", metrics.excludeVerbs()),
              http.has("pathMatching") ? http.texts("pathMatching") : metrics.pathMatching(),
              fields.has("latencyDistributionBuckets")
                  ? fields.integers("latencyDistributionBuckets")
                  : metrics.latencyBuckets());
    }
    return metrics;
  }

  private Configuration.@Nullable NameResolution nameResolution() throws WrongType {
    if (!spec.has("nameResolution")) {
      return null;
    }
    Fields resolution = spec.object("nameResolution");
    return new Configuration.NameResolution(resolution.text("component"), version(resolution));
  }

  private Pipeline pipeline(String name) throws WrongType {
    List<Pipeline.Handler> handlers = new ArrayList<>();
    for (Fields handler : spec.object(name).objects("handlers")) {
      handlers.add(
          new Pipeline.Handler(handler.text("name"), handler.text("type"), version(handler)));
    }
    return handlers.isEmpty() ? Pipeline.EMPTY : new Pipeline(handlers);
  }

  private static String version(Fields fields) throws WrongType {
    String version = fields.text("version");
    return version.isEmpty() ? "v1" : version;
  }
}
