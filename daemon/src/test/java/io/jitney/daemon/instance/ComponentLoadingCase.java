package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.NodeResources;
import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.resources.Property;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.resources.Resource;
import io.jitney.daemon.state.KeyClaims;
import io.jitney.daemon.state.StateBinding;
import io.jitney.daemon.telemetry.MicrometerMetrics;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestSettings;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.scope.AppScopes;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** An instance whose components are loaded from drafts, with fake types. */
abstract class ComponentLoadingCase {
  private static Vertx vertx;

  final FakeTypes types = new FakeTypes();
  final RecordedLog log = new RecordedLog();
  final Map<String, String> environment = new HashMap<>();
  Configuration configuration = Configuration.DEFAULT;
  private @Nullable AppInstance instance;
  private @Nullable ComponentLoading loading;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A component to be; its defaults suit most tests. */
  static final class Draft {
    private final String name;
    private final String type;
    private String version = "v1";
    private String timeout = "";
    private String store = "";
    private boolean ignoreErrors;
    final List<Property> properties = new ArrayList<>();

    Draft(String name, String type) {
      this.name = name;
      this.type = type;
    }

    Draft version(String text) {
      version = text;
      return this;
    }

    Draft timeout(String text) {
      timeout = text;
      return this;
    }

    Draft secretStore(String name) {
      store = name;
      return this;
    }

    Draft ignoreErrors() {
      ignoreErrors = true;
      return this;
    }

    Draft value(String property, String value) {
      properties.add(new Property(property, value, null, ""));
      return this;
    }

    Draft secret(String property, String secret) {
      properties.add(new Property(property, null, new SecretRef(secret, ""), ""));
      return this;
    }

    Draft env(String property, String variable) {
      properties.add(new Property(property, null, null, variable));
      return this;
    }

    ComponentResource made() {
      Resource.Metadata metadata = new Resource.Metadata(name, "", store, AppScopes.EVERY_APP);
      return new ComponentResource(metadata, type, version, ignoreErrors, timeout, properties);
    }
  }

  static Draft component(String name, String type) {
    return new Draft(name, type);
  }

  static LoadedResources resources(Draft... drafts) {
    return new LoadedResources(
        Arrays.stream(drafts).map(Draft::made).toList(), List.of(), List.of(), List.of());
  }

  ComponentLoading loading() {
    ComponentLoading made = loading;
    if (made == null) {
      NodeResources node = new NodeResources(vertx, List.of(), new SharedPools());
      made = new ComponentLoading(node, instance(), new KeyClaims(), types);
      loading = made;
    }
    return made;
  }

  AppInstance instance() {
    AppInstance made = instance;
    if (made == null) {
      InstanceSettings settings =
          TestSettings.of("a", Map.copyOf(environment), List.of(), List.of());
      Instance<AppInstance> entry =
          new TenantRegistry<AppInstance>(Quota.UNLIMITED)
              .open(new TenantId(settings.identityNamespace(), "a"));
      made =
          new AppInstance(
              entry.id(),
              settings,
              configuration,
              log,
              new MicrometerMetrics("a", "", configuration.metrics()),
              entry.tenant(),
              new InstanceHealth());
      instance = made;
    }
    return made;
  }

  void load(Draft... drafts) throws Exception {
    loading().load(resources(drafts));
  }

  List<String> loaded() {
    return instance().components().loaded().stream().map(ComponentSet.Loaded::name).toList();
  }

  String opened(String component, String property) {
    ComponentSpec spec =
        types.opened.stream().filter(one -> one.name().equals(component)).findFirst().orElseThrow();
    return String.valueOf(spec.metadata().exact(property));
  }

  void assertLogged(String level, String text) {
    assertThat(log.lines())
        .anyMatch(line -> line.startsWith("level=" + level) && line.contains(text));
  }

  StateBinding state(String name) {
    return Objects.requireNonNull(instance().components().state(name));
  }
}
