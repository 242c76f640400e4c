//! `fts` and its kin on columns that are no `tsvector`.

use super::Fields;

#[tokio::test]
async fn texts_and_json_are_searched_as_the_words_in_them() {
    let fields = Fields::new().await;
    fields
        .assert_ids(&[
            ("/paint?words=fts(english).horse", &[1, 2]),
            ("/paint?words=not.fts(english).horse", &[3]),
            ("/paint?name=fts(english).horses", &[1, 2]),
            ("/paint?name=fts(simple).horses", &[1]),
            ("/paint?name=fts(french).cheval", &[3]),
            ("/paint?name=not.plfts(english).blue horse", &[2, 3]),
            ("/paint?name=phfts(english).blue horse", &[1]),
            ("/paint?name=wfts(english).horse -blue", &[2]),
            ("/wall?note=fts(english).run", &[10]),
            ("/wall?note->>text=fts(english).cat", &[11]),
            ("/wall?note->text=fts(english).cat", &[11]),
            ("/wall?motto=fts(english).wall", &[10]),
            (
                "/wall?or=(motto.fts(english).wall,note.fts(english).cat)",
                &[10, 11],
            ),
        ])
        .await;
}

#[tokio::test]
async fn what_has_no_words_is_refused() {
    let fields = Fields::new().await;
    let error = fields.get("/paint?id=fts.1").await.refused(404, "42883");
    assert_eq!(
        error["message"],
        "function to_tsvector(integer) does not exist"
    );
    fields
        .get("/paint?name=fts(klingon).horse")
        .await
        .refused(400, "42704");
    fields
        .get("/paint?name=fts.a b")
        .await
        .refused(400, "42601");
}
