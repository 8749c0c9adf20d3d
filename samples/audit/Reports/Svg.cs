using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace KeyRotation.Audit.Reports;

/// <summary>A chart as a figure: plain SVG with a name and a description, and its numbers as a table for those who cannot or need not see it.</summary>
internal static class Svg
{
    public static string Rows(Chart chart, string id)
    {
        const int width = 1140, labels = 210, numbers = 190, row = 30;
        var svg = new Drawing(width, Math.Max(1, chart.Groups.Count) * row);
        var scale = (double)(width - labels - numbers) / chart.Max;
        foreach (var (index, group) in chart.Groups.Index())
        {
            var y = index * row;
            svg.Text(labels - 12, y + 19, "end", group.Label);
            double x = labels;
            foreach (var verdict in Enum.GetValues<KeyVerdict>())
            {
                svg.Bar(verdict, group, x, y + 4, group[verdict] * scale, row - 8);
                x += group[verdict] * scale;
            }

            var judged = group[KeyVerdict.NonCompliant] + group[KeyVerdict.Compliant];
            var unread = group[KeyVerdict.NotJudged];
            svg.Text(x + 10, y + 19, "start", (judged, unread) switch
            {
                (0, 0) => group.Total == 0 ? "no key judged" : "nothing to rotate",
                (0, _) => $"{Sentences.Number(unread)} not judged",
                _ => $"{Sentences.Number(group[KeyVerdict.NonCompliant])} of {Sentences.Number(judged)} do not comply" + (unread == 0 ? "" : $", {Sentences.Number(unread)} not judged"),
            }, "soft");
        }

        return Figure(chart, svg, id, "wide");
    }

    public static string Columns(Chart chart, string id)
    {
        const int width = 560, height = 230, top = 22, foot = 26;
        var svg = new Drawing(width, height);
        var scale = (double)(height - top - foot) / chart.Max;
        var step = (double)width / Math.Max(1, chart.Groups.Count);
        foreach (var (index, group) in chart.Groups.Index())
        {
            var x = index * step;
            double y = height - foot;
            foreach (var verdict in Enum.GetValues<KeyVerdict>().Reverse())
            {
                y -= group[verdict] * scale;
                svg.Bar(verdict, group, x + (step * .16), y, step * .68, group[verdict] * scale);
            }

            svg.Text(x + (step / 2), y - 7, "middle", Sentences.Number(group.Total));
            svg.Text(x + (step / 2), height - 8, "middle", group.Label, "soft");
        }

        svg.Line(height - foot, width);
        return Figure(chart, svg, id, "");
    }

    private static string Figure(Chart chart, Drawing svg, string id, string className)
    {
        var legend = string.Concat(chart.Verdicts.Select(verdict => $"<li class=\"{verdict.Name()}\">{verdict.Name()}</li>"));
        var description = string.Join("; ", chart.Groups.Select(group =>
            $"{group.Label}: {string.Join(", ", Enum.GetValues<KeyVerdict>().Where(verdict => group[verdict] > 0).Select(verdict => $"{group[verdict]} {verdict.Name()}").DefaultIfEmpty("none"))}"));
        var head = string.Concat(chart.Verdicts.Select(verdict => $"<th scope=\"col\" class=\"number\">{verdict.Name()}</th>"));
        var body = string.Concat(chart.Groups.Select(group =>
            $"<tr><th scope=\"row\">{Html.Text(group.Label)}</th>{string.Concat(chart.Verdicts.Select(verdict => $"<td class=\"number\">{Sentences.Number(group[verdict])}</td>"))}</tr>"));
        return $"""
            <figure class="{className}">
            <figcaption><h3>{Html.Text(chart.Title)}</h3><p>{Html.Text(chart.Explanation)}</p></figcaption>
            <ul class="legend" aria-hidden="true">{legend}</ul>
            <svg viewBox="0 0 {svg.Width} {svg.Height}" role="img" aria-labelledby="{id}-title {id}-text"><title id="{id}-title">{Html.Text(chart.Title)}</title><desc id="{id}-text">{Html.Text(description)}</desc>{svg}</svg>
            <details><summary>Numbers<span class="hidden"> of the chart: {Html.Text(chart.Title)}</span></summary><table><thead><tr><th scope="col"><span class="hidden">Group</span></th>{head}</tr></thead><tbody>{body}</tbody></table></details>
            </figure>

            """;
    }

    /// <summary>The shapes of one chart. Colours come from the page, by class, so that they follow its theme.</summary>
    private sealed class Drawing(int width, int height)
    {
        private readonly StringBuilder shapes = new();

        public int Width => width;

        public int Height => height;

        public void Bar(KeyVerdict verdict, ChartGroup group, double x, double y, double barWidth, double barHeight)
        {
            if (group[verdict] == 0) return;
            shapes.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar {verdict.Name()}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{barWidth:0.#}\" height=\"{barHeight:0.#}\">");
            shapes.Append(CultureInfo.InvariantCulture, $"<title>{Html.Text(group.Label)}: {Sentences.Number(group[verdict])} {verdict.Name()}</title></rect>");
        }

        public void Text(double x, double y, string anchor, string text, string className = "") =>
            shapes.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{className}\">{Html.Text(text)}</text>");

        public void Line(double y, double x) =>
            shapes.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"0\" x2=\"{x:0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");

        public override string ToString() => shapes.ToString();
    }
}

internal static class Html
{
    public static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
