package io.jitney.daemon.wake;

import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.tenancy.TenantId;
import java.util.Map;

/** Whom to call so that an app comes. One for the node. */
record WakeHooks(WakeCommand commands, WakeRequest requests) {
  /**
   * How a call ended.
   *
   * @param problem free of secrets; empty: well
   * @param fault whether the hook is to blame, and not the node that had no place for it
   */
  record Outcome(String problem, boolean fault) {}

  /**
   * Calls a rule's hook to its end. Blocks, for a virtual thread; an interrupt ends it.
   *
   * @param environment the daemon's: hooks may be given some of it
   * @param why it is called
   * @param log the app's
   */
  Outcome call(
      WakeRule rule,
      WakeRule.Hook hook,
      Map<String, String> environment,
      TenantId app,
      String why,
      InstanceLog log) {
    try {
      switch (hook) {
        case WakeRule.Command command ->
            commands.run(new WakeCommand.Call(command, rule.file(), environment, app, why, log));
        case WakeRule.Request request -> requests.run(request, environment, app, why);
      }
      return new Outcome("", false);
    } catch (WakeCommand.NoPlace full) {
      return new Outcome(String.valueOf(full.getMessage()), false);
    } catch (WakeCommand.Failed failure) {
      return new Outcome(String.valueOf(failure.getMessage()), true);
    } catch (InterruptedException stopped) {
      return new Outcome("stopped", true);
    } catch (RuntimeException bug) {
      return new Outcome("internal error: " + bug.getClass().getSimpleName(), true);
    }
  }
}
