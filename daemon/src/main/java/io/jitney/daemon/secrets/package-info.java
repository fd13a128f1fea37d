/**
 * The secrets building block: {@link io.jitney.daemon.secrets.SecretsApi} decides, the two fronts
 * translate. Runs on the caller's event loop; stores answer with futures.
 */
@NullMarked
package io.jitney.daemon.secrets;

import org.jspecify.annotations.NullMarked;
