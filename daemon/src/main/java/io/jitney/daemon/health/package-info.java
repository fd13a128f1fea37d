/** Health of an instance as the healthz APIs show it. */
@NullMarked
package io.jitney.daemon.health;

import org.jspecify.annotations.NullMarked;
