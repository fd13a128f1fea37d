package io.jitney.daemon.admin;

import io.jitney.daemon.apps.DeclaredApps;
import io.jitney.tenancy.TenantId;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Metrics of apps that scale to zero; at most {@value TenantMetrics#MOST_TENANTS} of them. */
final class SleeperMetrics {
  private SleeperMetrics() {}

  static void write(MetricsPage page, @Nullable DeclaredApps apps) {
    if (apps == null) {
      return;
    }
    List<DeclaredApps.Status> all =
        apps.status().stream()
            .filter(app -> app.sleeper() != null)
            .limit(TenantMetrics.MOST_TENANTS)
            .toList();
    if (all.isEmpty()) {
      return;
    }
    String state = "jitney_app_scale_to_zero";
    page.family(state, "gauge", "1 for the state of an app that scales to zero.");
    for (DeclaredApps.Status app : all) {
      TenantId id = app.id();
      page.value(
          state,
          1,
          "app_id",
          id.appId(),
          "namespace",
          id.namespace(),
          "state",
          app.state().toLowerCase(Locale.ROOT));
    }
    family(
        page,
        all,
        "jitney_app_wakes_total",
        "Times that the wake hook of an app was called.",
        app -> app.sleeper() == null ? 0 : app.sleeper().wakes());
    family(
        page,
        all,
        "jitney_app_wake_failures_total",
        "Of these, those after which the app was not there.",
        app -> app.sleeper() == null ? 0 : app.sleeper().failures());
  }

  private static void family(
      MetricsPage page,
      List<DeclaredApps.Status> all,
      String name,
      String help,
      ToDoubleFunction<DeclaredApps.Status> value) {
    page.family(name, "counter", help);
    for (DeclaredApps.Status app : all) {
      page.value(
          name,
          value.applyAsDouble(app),
          "app_id",
          app.id().appId(),
          "namespace",
          app.id().namespace());
    }
  }
}
