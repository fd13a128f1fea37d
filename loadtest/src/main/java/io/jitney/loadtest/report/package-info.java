/**
 * What came out: JSON with all figures, a page for the browser that needs nothing else, a table.
 *
 * <p>Start at {@link io.jitney.loadtest.report.ResultFolder}. The page is the template {@code
 * report.html} with the results in it; its script draws the plots.
 */
@NullMarked
package io.jitney.loadtest.report;

import org.jspecify.annotations.NullMarked;
