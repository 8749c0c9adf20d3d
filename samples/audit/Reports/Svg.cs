using System.Text.Encodings.Web;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// A chart as a figure: plain SVG with a title and a description, and its numbers as a table for readers who cannot see it or do not need
/// it. Its colors come from the page, by class, so that they follow the theme.
/// </summary>
internal static class Svg
{
    public static string Rows(Chart chart, string id)
    {
        const int width = 1140, labels = 210, numbers = 190, row = 30;
        var scale = (double)(width - labels - numbers) / chart.Max;
        var shapes = new List<string>();
        foreach (var (index, (label, totals)) in chart.Groups.Index())
        {
            var y = index * row;
            shapes.Add(Text(labels - 12, y + 19, "end", label));
            double x = labels;
            foreach (var verdict in Enum.GetValues<KeyVerdict>())
            {
                shapes.Add(Bar(verdict, label, totals, x, y + 4, totals[verdict] * scale, row - 8));
                x += totals[verdict] * scale;
            }

            var judged = totals.NonCompliant + totals.Compliant;
            var unread = $"{Sentences.Number(totals.NotJudged)} not judged";
            shapes.Add(Text(x + 10, y + 19, "start", (judged, totals.NotJudged) switch
            {
                (0, 0) => totals.Keys == 0 ? "no key judged" : "nothing to rotate",
                (0, _) => unread,
                var (_, left) => $"{Sentences.Number(totals.NonCompliant)} of {Sentences.Number(judged)} do not comply{(left == 0 ? "" : $", {unread}")}",
            }, "soft"));
        }

        return Figure(chart, id, "wide", width, Math.Max(1, chart.Groups.Count) * row, shapes);
    }

    public static string Columns(Chart chart, string id)
    {
        const int width = 560, height = 230, top = 22, foot = 26;
        var scale = (double)(height - top - foot) / chart.Max;
        var step = (double)width / chart.Groups.Count;
        var shapes = new List<string>();
        foreach (var (index, (label, totals)) in chart.Groups.Index())
        {
            var x = index * step;
            double y = height - foot;
            foreach (var verdict in Enum.GetValues<KeyVerdict>().Reverse())
            {
                y -= totals[verdict] * scale;
                shapes.Add(Bar(verdict, label, totals, x + (step * .16), y, step * .68, totals[verdict] * scale));
            }

            shapes.Add(Text(x + (step / 2), y - 7, "middle", Sentences.Number(totals.Keys)));
            shapes.Add(Text(x + (step / 2), height - 8, "middle", label, "soft"));
        }

        shapes.Add($"<line class=\"axis\" x1=\"0\" x2=\"{width}\" y1=\"{height - foot}\" y2=\"{height - foot}\"/>");
        return Figure(chart, id, "", width, height, shapes);
    }

    private static string Figure(Chart chart, string id, string className, int width, int height, List<string> shapes)
    {
        var legend = string.Concat(chart.Verdicts.Select(verdict => $"<li class=\"{verdict.Name()}\">{verdict.Name()}</li>"));
        var description = string.Join("; ", chart.Groups.Select(group => $"{group.Label}: {InWords(group.Totals)}"));
        var head = string.Concat(chart.Verdicts.Select(verdict => $"<th scope=\"col\" class=\"number\">{verdict.Name()}</th>"));
        var body = string.Concat(chart.Groups.Select(group =>
            $"<tr><th scope=\"row\">{Html.Text(group.Label)}</th>{string.Concat(chart.Verdicts.Select(verdict => $"<td class=\"number\">{Sentences.Number(group.Totals[verdict])}</td>"))}</tr>"));
        return $"""
            <figure class="{className}">
            <figcaption><h3>{Html.Text(chart.Title)}</h3><p>{Html.Text(chart.Explanation)}</p></figcaption>
            <ul class="legend" aria-hidden="true">{legend}</ul>
            <svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-text"><title id="{id}-title">{Html.Text(chart.Title)}</title><desc id="{id}-text">{Html.Text(description)}</desc>{string.Concat(shapes)}</svg>
            <details><summary>Numbers<span class="hidden"> of the chart: {Html.Text(chart.Title)}</span></summary><table><thead><tr><th scope="col"><span class="hidden">Group</span></th>{head}</tr></thead><tbody>{body}</tbody></table></details>
            </figure>

            """;
    }

    private static string InWords(Totals totals) => string.Join(
        ", ",
        Enum.GetValues<KeyVerdict>().Where(verdict => totals[verdict] > 0).Select(verdict => $"{totals[verdict]} {verdict.Name()}").DefaultIfEmpty("none"));

    private static string Bar(KeyVerdict verdict, string label, Totals totals, double x, double y, double width, double height) =>
        totals[verdict] == 0 ? ""
        : $"<rect class=\"bar {verdict.Name()}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\">"
            + $"<title>{Html.Text(label)}: {Sentences.Number(totals[verdict])} {verdict.Name()}</title></rect>";

    private static string Text(double x, double y, string anchor, string text, string className = "") =>
        $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{className}\">{Html.Text(text)}</text>";
}

internal static class Html
{
    public static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
