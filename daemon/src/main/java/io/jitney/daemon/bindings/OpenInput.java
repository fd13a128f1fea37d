package io.jitney.daemon.bindings;

import io.jitney.components.bindings.InputBinding;

/**
 * An input binding opened for one instance.
 *
 * @param route path at an HTTP app
 * @param explicit whether the resource says that it is read: then the app is not asked
 */
public record OpenInput(String name, InputBinding binding, String route, boolean explicit) {}
