package io.jitney.daemon.apps;

import io.jitney.daemon.files.Fields;
import io.jitney.daemon.policy.PolicyValuesReader;
import io.jitney.daemon.wake.WakeRule;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.identity.AddressDirectory;
import io.jitney.tenancy.policy.PolicyValues;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@code App} document. Problems go to the fields' listener; the result counts only if
 * there were none.
 */
final class AppReader {
  private static final String API_VERSION = "jitney.io/v1alpha1";
  private static final Set<String> PROTOCOLS = Set.of("http", "https", "h2c", "grpc", "grpcs");
  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  /** What the resource says in fields of its own, or what is the daemon's to say. */
  private static final Set<String> RESERVED =
      Set.of(
          "app-id",
          "app-port",
          "app-protocol",
          "app-ssl",
          "app-channel-address",
          "app-max-concurrency",
          "enable-app-health-check",
          "app-health-check-path",
          "app-health-probe-interval",
          "app-health-probe-timeout",
          "app-health-threshold",
          "resources-path",
          "components-path",
          "config",
          "version",
          "build-info",
          "wait",
          "help",
          "log-file");

  private static final Map<String, String> RESERVED_ENV =
      Map.of(
          "NAMESPACE", "metadata.namespace",
          "DAPR_API_TOKEN", "spec.apiToken",
          "APP_API_TOKEN", "spec.app.token");

  private final Path file;
  private final int document;
  private final Path folder;

  AppReader(Path file, int document) {
    this.file = file;
    this.document = document;
    Path parent = file.toAbsolutePath().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
  }

  @Nullable AppResource read(Fields top) {
    expect(top, "apiVersion", API_VERSION);
    expect(top, "kind", "App");
    Fields metadata = top.object("metadata");
    Fields spec = top.object("spec");
    top.rejectOthers();
    String name = null;
    String namespace = null;
    Map<String, String> its = Map.of();
    if (metadata != null) {
      name = metadata.text("name");
      namespace = metadata.text("namespace");
      Fields labels = metadata.object("labels");
      Fields annotations = metadata.object("annotations");
      if (labels != null) {
        its = labels.allTexts();
      }
      if (annotations != null) {
        annotations.allTexts();
      }
      metadata.rejectOthers();
    }
    String appId = spec == null ? null : spec.text("appId");
    if (appId == null) {
      appId = name;
    }
    if (appId == null) {
      top.problem("metadata.name", "is missing, and so is spec.appId: one of them names the app");
    } else if (appId.indexOf('.') >= 0 || appId.contains("||") || appId.endsWith("|")) {
      top.problem(
          spec != null && spec.has("appId") ? "spec.appId" : "metadata.name",
          appId.indexOf('.') >= 0 ? "cannot contain dots" : "cannot contain || or end with |");
    }
    if (spec == null) {
      top.problem("spec", "is missing");
      return null;
    }
    return spec(spec, appId == null ? "?" : appId, namespace == null ? "" : namespace, its);
  }

  private static void expect(Fields top, String field, String value) {
    String given = top.text(field);
    if (!value.equals(given)) {
      top.problem(field, "must be " + value + (given == null ? "" : ", not \"" + given + "\""));
    }
  }

  private AppResource spec(
      Fields spec, String appId, String namespace, Map<String, String> labels) {
    AppResource.Target app = target(spec.object("app"));
    List<Path> resources = paths(spec, "resourcesPaths");
    List<Path> configs = paths(spec, "configPaths");
    List<String> names = spec.texts("scopes");
    Set<String> scopes = names == null ? null : new LinkedHashSet<>(names);
    SecretReference token = secret(spec.object("apiToken"));
    List<String> sources = sources(spec);
    PolicyValues quota = quota(spec.object("quota"));
    Map<String, String> env = env(spec.object("env"));
    Map<String, String> flags = flags(spec.object("flags"));
    WakeRule wake = new WakeReader(file, folder).read(spec.object("scaleToZero"));
    if (wake != null && app != null && app.healthCheck() == null) {
      spec.problem(
          "app.healthCheck",
          "is missing: with scaleToZero it tells whether the app is there; leave out app for one"
              + " that comes with a sidecar of its own");
    }
    spec.rejectOthers();
    return new AppResource(
        appId, namespace, labels, file, document, app, resources, configs, scopes, token, sources,
        quota, env, flags, wake);
  }

  private AppResource.@Nullable Target target(@Nullable Fields app) {
    if (app == null) {
      return null;
    }
    String address = app.text("address");
    String host = app.text("host");
    if (address != null && host != null) {
      app.problem("host", "says the same as address: give one of them");
    }
    if (!app.has("port")) {
      app.problem("port", "is missing: the port that the app listens on");
    }
    int port = app.integer("port", 1, 65535, 1);
    String protocol = app.text("protocol");
    if (protocol != null && !PROTOCOLS.contains(protocol)) {
      app.problem("protocol", "must be http, https, h2c, grpc or grpcs, not \"" + protocol + "\"");
    }
    int concurrency = app.integer("maxConcurrency", 0, Integer.MAX_VALUE, 0);
    AppResource.HealthCheck check = healthCheck(app.object("healthCheck"));
    SecretReference token = secret(app.object("token"));
    app.rejectOthers();
    String where = host != null ? host : address != null ? address : "127.0.0.1";
    return new AppResource.Target(
        where, port, protocol == null ? "http" : protocol, concurrency, check, token);
  }

  private static AppResource.@Nullable HealthCheck healthCheck(@Nullable Fields check) {
    if (check == null) {
      return null;
    }
    String path = check.text("path");
    int interval = check.integer("intervalSeconds", 1, 3600, 5);
    int timeout = check.integer("timeoutMillis", 1, 3_600_000, 500);
    int threshold = check.integer("threshold", 1, 1000, 3);
    if (timeout > interval * 1000L) {
      check.problem("timeoutMillis", "must not be longer than the interval");
    }
    check.rejectOthers();
    String given = path == null ? "/healthz" : path;
    return new AppResource.HealthCheck(
        given.startsWith("/") ? given : "/" + given, interval, timeout, threshold);
  }

  private List<Path> paths(Fields spec, String name) {
    List<String> given = spec.texts(name);
    return given == null
        ? List.of()
        : given.stream().map(folder::resolve).map(Path::normalize).toList();
  }

  private @Nullable SecretReference secret(@Nullable Fields reference) {
    return secret(reference, folder);
  }

  static @Nullable SecretReference secret(@Nullable Fields reference, Path folder) {
    if (reference == null) {
      return null;
    }
    String variable = reference.text("env");
    String path = reference.text("file");
    reference.rejectOthers();
    if ((variable == null) == (path == null)) {
      reference.problem(
          "env",
          "or file: exactly one of them, the name of a variable of the daemon or the path of a"
              + " file");
      return null;
    }
    return variable != null
        ? new SecretReference.Variable(variable)
        : new SecretReference.InFile(folder.resolve(path == null ? "" : path).normalize());
  }

  /** The directory of addresses is asked itself, so that both agree on what an address is. */
  private static List<String> sources(Fields spec) {
    TenantId anybody = new TenantId("", "anybody");
    List<String> given = spec.texts("sourceAddresses");
    if (given == null) {
      return List.of();
    }
    for (int i = 0; i < given.size(); i++) {
      List<String> wrong = new AddressDirectory().replace(Map.of(anybody, List.of(given.get(i))));
      if (!wrong.isEmpty()) {
        spec.problem(
            "sourceAddresses[" + i + "]",
            "must be an address or a CIDR range such as 10.1.2.0/24 or fd00::/64, not \""
                + given.get(i)
                + "\"");
      }
    }
    return List.copyOf(given);
  }

  private static PolicyValues quota(@Nullable Fields quota) {
    if (quota == null) {
      return PolicyValues.NONE;
    }
    // Before there were policies, a burst of 0 could be written for "as the rate".
    Object burst = quota.raw("burst");
    PolicyValues values =
        PolicyValuesReader.read(
            burst instanceof Integer none && none == 0 ? quota.without("burst") : quota);
    quota.rejectOthers();
    if (burst != null && !quota.has("rate")) {
      quota.problem(
          "burst", "counts with a rate, and rate is not set: a burst alone limits nothing");
    }
    return values;
  }

  private static Map<String, String> env(@Nullable Fields env) {
    if (env == null) {
      return Map.of();
    }
    Map<String, String> all = env.allTexts();
    for (String name : all.keySet()) {
      String instead = RESERVED_ENV.get(name);
      if (instead != null) {
        env.problem(name, "is set by " + instead);
      } else if (!ENV_NAME.matcher(name).matches()) {
        env.problem(name, "is not the name of a variable");
      }
    }
    return Map.copyOf(all);
  }

  private static Map<String, String> flags(@Nullable Fields flags) {
    if (flags == null) {
      return Map.of();
    }
    Map<String, String> all = flags.allTexts();
    for (String name : all.keySet()) {
      if (RESERVED.contains(name)) {
        flags.problem(
            name, "cannot be given here: the fields of spec, or the daemon's flags, say it");
      } else if (name.startsWith("-")) {
        flags.problem(name, "is to be written without dashes");
      }
    }
    return Map.copyOf(all);
  }
}
