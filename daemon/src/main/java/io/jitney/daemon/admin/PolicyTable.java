package io.jitney.daemon.admin;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.policy.EffectivePolicy;
import io.jitney.tenancy.policy.PolicyField;
import io.jitney.tenancy.policy.PolicyOrigin;
import io.jitney.tenancy.policy.PolicySubject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What counts for one app, field by field, and from where. */
final class PolicyTable {
  private PolicyTable() {}

  /**
   * Explains.
   *
   * @param namespace "": that of the only app of this id, or "default"
   */
  static JsonObject of(TenantRegistry<AppInstance> registry, String appId, String namespace) {
    if (appId.isEmpty()) {
      return new JsonObject().put("error", "name an app: jitney apps lists them");
    }
    List<Tenant> found =
        registry.tenants().stream()
            .filter(tenant -> tenant.id().appId().equals(appId))
            .filter(tenant -> namespace.isEmpty() || tenant.id().namespace().equals(namespace))
            .toList();
    if (found.size() > 1) {
      return new JsonObject()
          .put(
              "error",
              appId
                  + " is in several namespaces: say which with -n "
                  + String.join(
                      "|", found.stream().map(one -> one.id().namespace()).sorted().toList()));
    }
    boolean known = !found.isEmpty();
    TenantId id =
        known
            ? found.getFirst().id()
            : new TenantId(namespace.isEmpty() ? "default" : namespace, appId);
    EffectivePolicy policy =
        known ? found.getFirst().policy() : registry.policies().resolve(PolicySubject.of(id));
    JsonObject labels = new JsonObject();
    if (known) {
      found.getFirst().labels().forEach(labels::put);
    }
    JsonArray fields = new JsonArray();
    policy.explain().forEach(one -> fields.add(row(one)));
    return new JsonObject()
        .put("namespace", id.namespace())
        .put("appId", id.appId())
        .put("known", known)
        .put("labels", labels)
        .put("classes", new JsonArray(policy.classes()))
        .put("fields", fields);
  }

  private static JsonObject row(EffectivePolicy.Explained one) {
    JsonArray overrides = new JsonArray();
    one.overrides()
        .forEach(
            said ->
                overrides.add(
                    new JsonObject()
                        .put("value", PolicyField.text(said.value()))
                        .put("source", source(one.field(), said.origin()))));
    return new JsonObject()
        .put("field", one.path())
        .put("value", PolicyField.text(one.value()))
        .put("unit", one.field().unit().word())
        .put("source", source(one.field(), one.origin()))
        .put("overrides", overrides);
  }

  /** A flag by its name, since it counts also where nobody has set it. */
  private static String source(PolicyField field, PolicyOrigin origin) {
    if (origin.kind() != PolicyOrigin.Kind.NODE) {
      return origin.toString();
    }
    return switch (field) {
      case RATE -> "the daemon's --default-rate";
      case BURST -> "the daemon's --default-burst";
      case IN_FLIGHT -> "the daemon's --default-in-flight";
      default -> origin.toString();
    };
  }
}
