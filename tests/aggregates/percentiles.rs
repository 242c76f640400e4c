//! `percentile_cont`, `percentile_disc` and `median`.

use super::{assert_same, server};

#[tokio::test]
async fn percentiles_are_those_of_postgres() {
    let cases = [
        (
            "/sale?select=product,amount.percentile_cont(0.9),half:amount.percentile_disc(0.5),amount.median()&order=product",
            "select product, percentile_cont(0.9) within group (order by amount),
                 percentile_disc(0.5) within group (order by amount) as half,
                 percentile_cont(0.5) within group (order by amount) as median
             from api.sale group by 1 order by 1",
        ),
        (
            "/sale?select=low:amount.percentile_cont(0),p5:amount.percentile_cont(.05),top:amount.percentile_cont(1)::int",
            "select percentile_cont(0) within group (order by amount) as low,
                 percentile_cont(0.05) within group (order by amount) as p5,
                 percentile_cont(1) within group (order by amount)::int as top from api.sale",
        ),
        (
            "/sale?select=product.percentile_disc(0.5),due.percentile_disc(0.1)::text,pieces::numeric.median()",
            "select * from (select percentile_disc(0.5) within group (order by product) as a,
                 (percentile_disc(0.1) within group (order by due))::text as b,
                 percentile_cont(0.5) within group (order by pieces) as median from api.sale) as x(percentile_disc, b, median)",
        ),
        (
            "/sale?select=...outlet(region,rent.median())&having=median.gt.50&order=median.desc",
            "select o.region, percentile_cont(0.5) within group (order by o.rent) as median from api.sale s
             left join api.outlet o on o.id = s.outlet group by 1
             having percentile_cont(0.5) within group (order by o.rent) > 50 order by 2 desc",
        ),
        (
            "/outlet?select=id,sale(p:amount.percentile_cont(0.75))&order=id",
            "select id, (select json_agg(x) from (select percentile_cont(0.75) within group (order by amount) as p
                 from api.sale where outlet = o.id) as x) as sale from api.outlet o order by id",
        ),
        ("/sale?select=amount.median()&id=eq.0", "select null as median"),
    ];
    let (twice, once): (Vec<_>, Vec<_>) = cases
        .into_iter()
        .partition(|(url, _)| url.contains("product.percentile_disc"));
    let server = server().await;
    assert_same(&server, &once).await;
    for (url, query) in twice {
        let reply = server.get(url).send().await;
        let expected = super::brute_force(query).await;
        assert_eq!(reply.ok()[0]["median"], expected[0]["median"]);
        assert_eq!(reply.ok()[0]["percentile_disc"], expected[0]["b"]);
    }
}

#[tokio::test]
async fn a_fraction_is_one() {
    let server = server().await;
    for given in ["1.5", "-0.1", "", "half", "nan", "inf", "0.5'drop", "1e9"] {
        let encoded = given.replace('\'', "%27");
        let url = format!("/sale?select=amount.percentile_cont({encoded})");
        let error = server.get(&url).send().await.refused(400, "RD108");
        assert_eq!(
            error["message"],
            format!("\"{given}\" is no fraction from 0 to 1")
        );
        assert_eq!(error["hint"], "Write amount.percentile_cont(0.9)");
    }
    for url in [
        "/sale?select=amount.median(0.5)",
        "/sale?select=amount.percentile(0.5)",
        "/sale?select=percentile_cont(0.5)",
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 400, "{url}");
    }
    server
        .get("/sale?select=product.median()")
        .send()
        .await
        .refused(404, "42883");
    server
        .get("/maker?select=tax_number.percentile_disc(0.5)")
        .send()
        .await
        .refused(401, "42501");
}
